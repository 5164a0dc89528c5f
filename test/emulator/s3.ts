import { createHash } from 'node:crypto';
import { takes } from './faults.ts';
import type { Incoming, Outgoing } from './http.ts';
import { proxyPage } from './rest.ts';
import { pathOf, type S3Files } from './s3-files.ts';
import { dechunk, verifyContent, verifySignature } from './s3-signature.ts';
import { completedParts, type Node, s3Error, xml } from './s3-xml.ts';
import type { World } from './world.ts';

interface Call {
  readonly world: World;
  readonly files: S3Files;
  readonly request: Incoming;
  readonly key: string;
  /** The body without chunk framing. */
  readonly content: Buffer;
}

const NO_SPACE = 'There is not enough free space on the volume.';

/** The S3 endpoint: path style, one bucket, the volume's folder. */
export async function s3(world: World, files: S3Files, request: Incoming): Promise<Outgoing> {
  // *reported*: the same Cloudflare rule as in front of the API.
  if (!request.headers['user-agent']) return { status: 403, body: 'error code: 1010' };
  const refused =
    verifySignature(
      request,
      { accessKey: world.s3AccessKey, secretKey: world.s3SecretKey, region: world.dataCenter },
      Date.now(),
    ) ?? verifyContent(request);
  if (refused) return s3Error(refused.status, refused.code, refused.message, request.path);
  const [, bucket = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? [];
  if (bucket !== world.volumeId) return s3Error(404, 'NoSuchBucket', 'The specified bucket does not exist.', bucket);
  const key = decodeURIComponent(rest);
  if (key === '') return bucketCall(world, files, request);
  if (!pathOf(world.volumeFolder, key)) return s3Error(400, 'InvalidRequest', 'The key leaves the volume.', key);
  const chunked = String(request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const content = chunked ? dechunk(request.body) : request.body;
  return objectCall({ world, files, request, key, content });
}

async function bucketCall(world: World, files: S3Files, request: Incoming): Promise<Outgoing> {
  if (request.method === 'HEAD') return { status: 200 };
  if (request.method === 'GET' && request.query.get('list-type') === '2') return list(world, files, request.query);
  // *documented* as not supported: DeleteObjects, GetBucketLocation and everything else about a bucket.
  return s3Error(501, 'NotImplemented', 'This operation is not implemented.');
}

async function objectCall(call: Call): Promise<Outgoing> {
  const { method, query, headers } = call.request;
  const upload = query.get('uploadId');
  if (method === 'PUT' && upload !== null) return putPart(call, upload, Number(query.get('partNumber')));
  if (method === 'PUT' && !headers['x-amz-copy-source']) return putObject(call);
  if (method === 'POST' && query.has('uploads')) return createUpload(call);
  if (method === 'POST' && upload !== null) return complete(call, upload);
  if (method === 'DELETE' && upload !== null) return dropUpload(call, upload);
  if (method === 'DELETE') return deleteObject(call);
  if (method === 'GET' && query.size > 0 && !query.has('x-id')) return unsupported();
  if (method === 'GET' || method === 'HEAD') return getObject(call);
  return unsupported();
}

function unsupported(): Outgoing {
  return s3Error(501, 'NotImplemented', 'This operation is not implemented.');
}

/** Faults and limits that hold for every write of bytes. */
async function writeRefusal({ world, files, content, key }: Call): Promise<Outgoing | undefined> {
  const { faults } = world;
  if (takes(faults, 's3Stalls')) return 'stall';
  if (takes(faults, 's3GatewayErrors')) return proxyPage(502);
  if (faults.s3SlowSeconds > 0) await later(world.scaled(faults.s3SlowSeconds * 1000));
  // *documented*: 507 when the volume is full.
  const full = world.quotaBytes !== undefined && (await files.used()) + content.length > world.quotaBytes;
  return faults.s3Full || full ? s3Error(507, 'InsufficientStorage', NO_SPACE, key) : undefined;
}

async function putObject(call: Call): Promise<Outgoing> {
  const { world, files, key, content } = call;
  // *documented* limit; the code is *assumed*.
  if (content.length >= world.putLimitBytes) {
    return s3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.', key);
  }
  const refused = await writeRefusal(call);
  if (refused) return refused;
  await files.write(key, [content]);
  return { status: 200, headers: { ETag: etag(content) } };
}

async function putPart(call: Call, upload: string, number: number): Promise<Outgoing> {
  const { world, files, content, key } = call;
  if (!(await known(call, upload))) return noSuchUpload(key);
  if (content.length > world.putLimitBytes) return s3Error(400, 'EntityTooLarge', 'The part is too large.', key);
  const refused = await writeRefusal(call);
  if (refused) return refused;
  await files.writePart(upload, number, content);
  return { status: 200, headers: { ETag: etag(content) } };
}

async function createUpload({ world, files, key }: Call): Promise<Outgoing> {
  const nodes: Node[] = [
    ['Bucket', world.volumeId],
    ['Key', key],
    ['UploadId', await files.createUpload()],
  ];
  return xml(200, ['InitiateMultipartUploadResult', nodes]);
}

async function complete(call: Call, upload: string): Promise<Outgoing> {
  const { world, files, key, content } = call;
  const { faults } = world;
  // *reported*: a second Complete of a merged upload is answered so.
  if (!(await known(call, upload))) return noSuchUpload(key);
  const parts = await files.readParts(upload, completedParts(content.toString('utf8'))).catch(() => undefined);
  if (!parts) return s3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.', key);
  if (takes(faults, 'completeTimesOut')) {
    // *documented*: the proxy gives up with 524 while the server goes on merging.
    await files.dropUpload(upload);
    const seconds = faults.completeLateSeconds;
    if (seconds >= 0) world.later(seconds * 1000, () => files.write(key, parts));
    return proxyPage(524);
  }
  await files.write(key, parts);
  await files.dropUpload(upload);
  const nodes: Node[] = [
    ['Bucket', world.volumeId],
    ['Key', key],
    ['ETag', '"emulated-multipart"'],
  ];
  return xml(200, ['CompleteMultipartUploadResult', nodes]);
}

async function dropUpload(call: Call, upload: string): Promise<Outgoing> {
  if (!(await known(call, upload))) return noSuchUpload(call.key);
  await call.files.dropUpload(upload);
  return { status: 204 };
}

async function known({ files }: Call, upload: string): Promise<boolean> {
  return /^[0-9a-f-]{36}$/.test(upload) && (await files.hasUpload(upload));
}

function noSuchUpload(key: string): Outgoing {
  return s3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist.', key);
}

async function deleteObject({ files, key }: Call): Promise<Outgoing> {
  await files.remove(key);
  return { status: 204 };
}

async function getObject({ world, files, request, key }: Call): Promise<Outgoing> {
  const head = request.method === 'HEAD';
  const object = await files.look(key);
  const missing = object === undefined || (head && takes(world.faults, 'headMissing'));
  if (missing) return s3Error(404, 'NoSuchKey', 'The specified key does not exist.', key);
  const range = world.faults.ignoreRange ? undefined : request.headers.range;
  const span = range === undefined ? { start: 0, end: object.size } : spanOf(range, object.size);
  if (!span) return s3Error(416, 'InvalidRange', 'The requested range is not satisfiable.', key);
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(span.end - span.start),
    'Last-Modified': object.modified.toUTCString(),
    'Accept-Ranges': 'bytes',
    ETag: `"${object.etag}"`,
    ...(range !== undefined && { 'Content-Range': `bytes ${span.start}-${span.end - 1}/${object.size}` }),
  };
  const status = range === undefined ? 200 : 206;
  return head ? { status, headers } : { status, headers, body: await object.read(span.start, span.end) };
}

/** *assumed*, as S3 does it: RunPod documents nothing about ranges. `end` is exclusive. */
function spanOf(header: string, size: number): { start: number; end: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return start < end ? { start, end } : undefined;
}

/** *documented* operation; the token is the last key of the page before. */
async function list(world: World, files: S3Files, query: URLSearchParams): Promise<Outgoing> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Number(query.get('max-keys') ?? 1000);
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const rows = new Map<string, 'object' | 'prefix'>();
  for (const key of await files.keys(prefix)) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) rows.set(key, 'object');
    else rows.set(key.slice(0, cut + delimiter.length), 'prefix');
  }
  const left = [...rows].filter(([key]) => key > after);
  const page = left.slice(0, limit);
  const more = left.length > page.length;
  const contents = await Promise.all(
    page.filter(([, kind]) => kind === 'object').map(async ([key]): Promise<Node> => contentNode(files, key)),
  );
  const nodes: Node[] = [
    ['Name', world.volumeId],
    ['Prefix', prefix],
    ['KeyCount', page.length],
    ['MaxKeys', limit],
    ['IsTruncated', more],
    ...(more ? [['NextContinuationToken', page.at(-1)?.[0] ?? ''] as const] : []),
    ...contents,
    ...page.filter(([, kind]) => kind === 'prefix').map(([key]): Node => ['CommonPrefixes', [['Prefix', key]]]),
  ];
  return xml(200, ['ListBucketResult', nodes]);
}

async function contentNode(files: S3Files, key: string): Promise<Node> {
  const object = await files.look(key);
  return [
    'Contents',
    [
      ['Key', key],
      ['LastModified', (object?.modified ?? new Date(0)).toISOString()],
      ['ETag', `"${object?.etag ?? ''}"`],
      ['Size', object?.size ?? 0],
      ['StorageClass', 'STANDARD'],
    ],
  ];
}

function etag(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
