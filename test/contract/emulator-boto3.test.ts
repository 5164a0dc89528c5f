import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import type { Emulator } from '../emulator/emulator.ts';
import { scratchEmulator } from '../emulator/scratch.ts';

const run = promisify(execFile);
const python = join(process.cwd(), '.cache', 'venv', 'bin', 'python');

/** Runs Python with a boto3 client `s3` and the bucket `b`; what it prints as JSON is the result. */
async function boto3(emulator: Emulator, code: string, secret = emulator.s3SecretKey): Promise<unknown> {
  const script = `
import boto3, botocore, io, json, os, sys
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

b = ${JSON.stringify(emulator.volumeId)}
s3 = boto3.client(
    "s3", endpoint_url=${JSON.stringify(emulator.s3Url)}, region_name="EU-RO-1",
    aws_access_key_id=os.environ["ACCESS"], aws_secret_access_key=os.environ["SECRET"],
    config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
)

def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]]

${code}
`;
  const env = { PATH: process.env.PATH, ACCESS: emulator.s3AccessKey, SECRET: secret };
  const { stdout } = await run(python, ['-c', script], { env });
  return JSON.parse(stdout);
}

describe('S3 of the emulator, with boto3', () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await scratchEmulator({ putLimitBytes: 100_000 });
  });
  after(() => emulator.stop());

  it('puts, heads, gets and deletes over the plain folder', async () => {
    const result = await boto3(
      emulator,
      `
s3.head_bucket(Bucket=b)
s3.put_object(Bucket=b, Key="models/m 1/ä+b=c#.txt", Body=b"hello")
head = s3.head_object(Bucket=b, Key="models/m 1/ä+b=c#.txt")
got = s3.get_object(Bucket=b, Key="models/m 1/ä+b=c#.txt")["Body"].read().decode()
s3.delete_object(Bucket=b, Key="models/m 1/ä+b=c#.txt")
print(json.dumps([head["ContentLength"], got, refusal(s3.get_object, Bucket=b, Key="models/m 1/ä+b=c#.txt")]))`,
    );
    assert.deepEqual(result, [5, 'hello', [404, 'NoSuchKey']]);
  });

  it('shows pods what S3 wrote, and S3 what pods wrote', async () => {
    mkdirSync(join(emulator.volumeFolder, 'models', 'from-pod'), { recursive: true });
    writeFileSync(join(emulator.volumeFolder, 'models', 'from-pod', 'status.json'), '{"beat": 1}');
    const result = await boto3(
      emulator,
      `
s3.put_object(Bucket=b, Key="models/from-pod/control.json", Body=b"{}")
print(s3.get_object(Bucket=b, Key="models/from-pod/status.json")["Body"].read().decode())`,
    );
    assert.deepEqual(result, { beat: 1 });
    assert.equal(readFileSync(join(emulator.volumeFolder, 'models', 'from-pod', 'control.json'), 'utf8'), '{}');
  });

  it('lists in pages and with a delimiter, without the folder of uploads', async () => {
    const result = await boto3(
      emulator,
      `
for index in range(5):
    s3.put_object(Bucket=b, Key=f"list/a{index}", Body=b"x" * index)
s3.put_object(Bucket=b, Key="list/sub/deep", Body=b"x")
s3.create_multipart_upload(Bucket=b, Key="list/unfinished")
pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=b, Prefix="list/", PaginationConfig={"PageSize": 2}))
keys = [[item["Key"], item["Size"]] for page in pages for item in page["Contents"]]
top = s3.list_objects_v2(Bucket=b, Prefix="list/", Delimiter="/")
everything = [item["Key"] for item in s3.list_objects_v2(Bucket=b)["Contents"]]
print(json.dumps([len(pages), keys, [p["Prefix"] for p in top["CommonPrefixes"]], any("s3compat" in k for k in everything)]))`,
    );
    const keys = [0, 1, 2, 3, 4].map((index) => [`list/a${index}`, index]);
    assert.deepEqual(result, [3, [...keys, ['list/sub/deep', 1]], ['list/sub/'], false]);
  });

  it('merges parts', async () => {
    const roomy = await scratchEmulator();
    try {
      const merged = await boto3(
        roomy,
        `
data = bytes(range(256)) * 100_000
config = TransferConfig(multipart_threshold=5_000_000, multipart_chunksize=5_000_000)
s3.upload_fileobj(io.BytesIO(data), b, "parts.bin", Config=config)
print(json.dumps([s3.head_object(Bucket=b, Key="parts.bin")["ContentLength"],
    s3.get_object(Bucket=b, Key="parts.bin")["Body"].read() == data]))`,
      );
      assert.deepEqual(merged, [25_600_000, true]);
      assert.deepEqual(readdirSync(join(roomy.volumeFolder, '.s3compat_uploads')), []);
    } finally {
      await roomy.stop();
    }
  });

  it('reads ranges, or ignores them when told to', async () => {
    const ranges = `
s3.put_object(Bucket=b, Key="range", Body=b"0123456789")
def part(r):
    reply = s3.get_object(Bucket=b, Key="range", Range=r)
    return [reply["ResponseMetadata"]["HTTPStatusCode"], reply["Body"].read().decode(), reply.get("ContentRange")]
print(json.dumps([part("bytes=2-4"), part("bytes=7-"), part("bytes=-3"), refusal(s3.get_object, Bucket=b, Key="range", Range="bytes=10-")]))`;
    assert.deepEqual(await boto3(emulator, ranges), [
      [206, '234', 'bytes 2-4/10'],
      [206, '789', 'bytes 7-9/10'],
      [206, '789', 'bytes 7-9/10'],
      [416, 'InvalidRange'],
    ]);
    emulator.faults.ignoreRange = true;
    const all = [200, '0123456789', null];
    assert.deepEqual(await boto3(emulator, ranges), [all, all, all, null]);
    emulator.faults.ignoreRange = false;
  });

  it('refuses what RunPod refuses', async () => {
    const result = await boto3(
      emulator,
      `
print(json.dumps([
    refusal(s3.put_object, Bucket=b, Key="big", Body=b"x" * 100_000),
    refusal(s3.get_object, Bucket=b, Key="../outside"),
    refusal(s3.head_bucket, Bucket="other"),
    refusal(s3.get_bucket_location, Bucket=b),
    refusal(s3.delete_objects, Bucket=b, Delete={"Objects": [{"Key": "x"}]}),
    refusal(s3.abort_multipart_upload, Bucket=b, Key="x", UploadId="nothing"),
]))`,
    );
    assert.deepEqual(result, [
      [400, 'EntityTooLarge'],
      [400, 'InvalidRequest'],
      [404, '404'],
      [501, 'NotImplemented'],
      [501, 'NotImplemented'],
      [404, 'NoSuchUpload'],
    ]);
  });

  it('refuses a wrong secret', async () => {
    const result = await boto3(emulator, 'print(json.dumps(refusal(s3.list_objects_v2, Bucket=b)))', 'rps_wrong');
    assert.deepEqual(result, [403, 'SignatureDoesNotMatch']);
  });

  it('answers 507 on a full volume', async () => {
    emulator.faults.s3Full = true;
    const result = await boto3(emulator, 'print(json.dumps(refusal(s3.put_object, Bucket=b, Key="x", Body=b"x")))');
    emulator.faults.s3Full = false;
    assert.deepEqual(result, [507, 'InsufficientStorage']);
  });

  for (const [what, waitScale, then] of [
    ['still written', 1000, 'one '],
    ['closed', 0, 'one two '],
  ] as const) {
    it(`shows a file that is ${what} as “${then}”`, async () => {
      const fresh = await scratchEmulator({ waitScale, faults: { frozenFiles: true } });
      const path = join(fresh.volumeFolder, 'growing.log');
      const look = () =>
        boto3(fresh, 'print(json.dumps(s3.get_object(Bucket=b, Key="growing.log")["Body"].read().decode()))');
      try {
        writeFileSync(path, 'one ');
        assert.equal(await look(), 'one ');
        writeFileSync(path, 'two ', { flag: 'a' });
        assert.equal(await look(), then);
      } finally {
        await fresh.stop();
      }
    });
  }

  it('shows late what a pod renames into place', async () => {
    const fresh = await scratchEmulator({ waitScale: 1000, faults: { lateRenameSeconds: 1 } });
    const look = () => boto3(fresh, 'print(json.dumps(refusal(s3.head_object, Bucket=b, Key="status.json")))');
    try {
      writeFileSync(join(fresh.volumeFolder, 'status.json'), '{}');
      assert.deepEqual(await look(), [404, '404']);
      fresh.faults.lateRenameSeconds = 0.000001;
      assert.equal(await look(), null);
    } finally {
      await fresh.stop();
    }
  });
});
