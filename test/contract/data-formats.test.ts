import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type ByteSource, bytesOf } from '../../src/base/bytes.ts';
import { explain, TabpodError } from '../../src/core/error.ts';
import type { Profile } from '../../src/core/profile/schema.ts';
import { fileSource } from '../../src/data/file-source.ts';
import { profileDataset } from '../../src/data/profile.ts';
import { sha256Of } from '../../src/data/sha256.ts';
import { unpackedSource } from '../../src/data/unpack.ts';
import { urlSource } from '../../src/data/url-source.ts';
import { profileInWorker } from '../../src/data/worker.ts';
import { refusal } from '../unit/refusal.ts';
import { number, row, text, workbook } from '../unit/workbook-writer.ts';
import { zipOf } from '../unit/zip-writer.ts';

const PYTHON = resolve('.cache/venv/bin/python');
const SCRIPT = resolve('test/fixtures/data/write_tables.py');

describe('tables that are no plain text', () => {
  let folder: string;
  const profile = async (name: string, options = {}) =>
    await profileDataset(await fileSource(join(folder, name)), options);
  const content = (name: string) => readFileSync(join(folder, name));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tabpod-formats-'));
    execFileSync(PYTHON, [SCRIPT, folder]);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('have the cells of a CSV when they are Parquet, however it was written', async () => {
    const { columns, rows } = await profile('typed.csv');
    const names = readdirSync(folder).filter((name) => /^typed-.*\.parquet$/.test(name));
    assert.equal(names.length, 15);
    for (const name of names) {
      const found = await profile(name);
      assert.deepEqual([found.format, found.compression, found.rows, found.exact], ['parquet', null, rows, true]);
      assert.equal(found.columns.length, columns.length);
      for (const [index, column] of columns.entries()) assert.deepEqual(found.columns[index], column, name);
      const { missing, ...dialect } = found.dialect;
      assert.deepEqual(dialect, { delimiter: ',', quote: '"', encoding: 'utf-8', decimal: '.', thousands: null });
      assert.deepEqual(missing, ['NA']);
    }
    const kinds = Object.fromEntries(columns.map(({ name, kind, dateFormat }) => [name, dateFormat ?? kind]));
    assert.deepEqual(
      ['uint64', 'double', 'bool', 'much', 'day', 'nano', 'zone', 'time', 'nothing'].map((name) => kinds[name]),
      ['integer', 'number', 'boolean', 'integer', 'ISO8601', 'ISO8601', 'ISO8601', 'string', 'empty'],
    );
  });

  it('have the cells of the CSV that is packed in them', async () => {
    const plain = await profile('many.csv');
    const packed: [string, Profile['compression']][] = [
      ['many.csv.gz', 'gzip'],
      ['members.csv.gz', 'gzip'],
      ['many.csv.zst', 'zstd'],
      ['stream.csv.zst', 'zstd'],
      ['frames.csv.zst', 'zstd'],
      ['deflated.csv.zip', 'zip'],
      ['stored.csv.zip', 'zip'],
    ];
    for (const [name, compression] of packed) {
      const { bytes, sha256 } = { bytes: statSync(join(folder, name)).size, sha256: await sha(name) };
      assert.deepEqual(await profile(name), { ...plain, name, compression, bytes, sha256 });
      const sample = await profile(name, { sampleBytes: 5000 });
      assert.deepEqual(
        [sample.exact, sample.sha256, sample.bytes, sample.compression],
        [false, undefined, bytes, compression],
      );
      assert.ok(sample.rows > 100 && sample.rows < 5000, name);
    }
  });

  async function sha(name: string): Promise<string> {
    return await sha256Of(await fileSource(join(folder, name)));
  }

  it('are hashed as they lie on disk, in a worker too', async () => {
    for (const name of ['many.parquet', 'many.csv.gz', 'deflated.csv.zip']) {
      const size = content(name).length;
      const found = await profileInWorker({ path: join(folder, name) }, { userAgent: 'tabpod/test' });
      assert.deepEqual([found.sha256, found.bytes], [await sha(name), size]);
      const steps: number[] = [];
      await profile(name, { onProgress: (read: number) => steps.push(read) });
      assert.ok(steps.length > 0 && steps.every((read) => read <= size));
    }
  });

  it('are read from their beginning: whole row groups, or the first rows of one', async () => {
    const groups = await profile('many.parquet', { sampleBytes: 300_000 });
    const rows = await profile('one-group.parquet', { sampleBytes: 300_000 });
    for (const { exact, rows: count, columns, sha256 } of [groups, rows]) {
      assert.deepEqual([exact, sha256], [false, undefined]);
      assert.ok(count > 20_000 && count < 180_000);
      assert.deepEqual([columns[0]?.min, columns[0]?.max], [0, count - 1]);
    }
    assert.equal((await profile('many.parquet', { sampleBytes: 10 ** 9 })).exact, true);
    assert.ok((await profile('one-group.parquet', { sampleBytes: 1 })).rows > 0);
  });

  it('get unique names', async () => {
    const { columns } = await profile('names.parquet');
    assert.deepEqual(
      columns.map(({ name, top }) => [name, top[0]?.value]),
      [
        ['a', '1'],
        ['a_2', 'x'],
        ['column_3', '1'],
      ],
    );
  });

  it('are refused for what they hold', async () => {
    const nested = await refusal(profile('nested.parquet'));
    assert.deepEqual([nested.code, nested.facts.column], ['data/nested-column', 'tags']);
    assert.match(explain(nested), /nested\.parquet.*Flatten it or leave it out/);
    assert.equal((await refusal(profile('struct.parquet'))).code, 'data/nested-column');
    assert.equal((await refusal(profile('no-rows.parquet'))).code, 'data/no-rows');
    assert.equal((await refusal(profile('no-columns.parquet'))).code, 'data/empty');
    const two = await refusal(profile('two.csv.zip'));
    assert.match(explain(two), /two\.csv\.zip holds 2 files: “train\.csv”, “test\.csv”/);
    assert.equal((await refusal(profile('empty.csv.zip'))).code, 'data/zip-empty');
    assert.equal((await refusal(profile('bzip2.csv.zip'))).code, 'data/zip-method');
    const refused = async (bytes: Uint8Array) => (await refusal(profileDataset(bytesOf('x.csv.zip', bytes)))).code;
    assert.equal(await refused(zipOf({ 'a.csv': 'a,b\n1,2\n' }, { flags: 1 })), 'data/encrypted');
    assert.equal(await refused(zipOf({ 'a.csv': content('many.csv.gz') })), 'data/binary');
    assert.equal(await refused(zipOf({ 'xl/workbook.bin': '' })), 'data/binary');
  });

  it('are refused by name when they are cut off or damaged', async () => {
    const names = ['many.csv.gz', 'many.csv.zst', 'deflated.csv.zip', 'many.parquet', 'typed-none-2.0.parquet'];
    for (const name of names) {
      const bytes = content(name);
      const damaged = Buffer.from(bytes);
      const middle = Math.floor(bytes.length / 2);
      damaged.fill(0xff, middle, middle + 200);
      for (const wrong of [bytes.subarray(0, bytes.length - 9), bytes.subarray(0, middle), damaged]) {
        const error = await refusal(profileDataset(bytesOf(name, wrong)));
        assert.ok(['data/damaged', 'data/binary', 'data/encoding'].includes(error.code), `${name}: ${explain(error)}`);
        assert.ok(explain(error).includes(name), explain(error));
      }
    }
  });

  it('give a profile or a refusal with a sentence, whatever happened to their bytes', async () => {
    const names = [
      'typed-none-1.0.parquet',
      'typed-zstd-2.0.parquet',
      'typed-delta.parquet',
      'book.xlsx',
      'few.csv.zst',
    ];
    for (const name of names) {
      const bytes =
        name === 'book.xlsx'
          ? workbook({ rows: row(text('a'), text('b')) + row(number(1), text('x')) })
          : content(name);
      const place = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
      // The first bytes tell what a file is: they stay.
      await fc.assert(
        fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 8 }), fc.nat(bytes.length), async (places, cut) => {
          const broken = Buffer.from(bytes);
          for (const [at, byte] of places) broken[Math.max(4, at)] = byte;
          const whole = cut % 3 > 0 ? broken : broken.subarray(0, Math.max(4, cut));
          try {
            await profileDataset(bytesOf(name, whole));
          } catch (error) {
            assert.ok(error instanceof TabpodError, String(error));
          }
        }),
        { numRuns: 40 },
      );
    }
  });

  it('are refused when they unpack to absurdly much', async () => {
    const member = gzipSync(Buffer.alloc(2 ** 24, '\n'));
    const bomb = bytesOf('bomb.csv.gz', Buffer.concat(Array.from({ length: 70 }, () => member)));
    const { code, facts } = await refusal(sha256Of(unpackedSource(bomb, 'gzip', undefined)));
    assert.deepEqual([code, facts.name], ['data/bomb', 'bomb.csv.gz']);
  });

  describe('behind an address', () => {
    let server: Server;
    let origin: string;

    before(async () => {
      server = createServer(({ url = '', headers }, response) => {
        const bytes = content(url.replace(/^.*\//, ''));
        const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
        if (start === undefined || url.startsWith('/whole/')) return void response.end(bytes);
        const part = bytes.subarray(Number(start), end ? Number(end) + 1 : bytes.length);
        const last = Number(start) + part.length - 1;
        response.writeHead(206, { 'content-range': `bytes ${start}-${last}/${bytes.length}` }).end(part);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    const source = (path: string): ByteSource => urlSource(`${origin}/${path}`, { userAgent: 'tabpod/test' });

    it('are read whole, whether or not the server sends parts', async () => {
      for (const name of ['many.parquet', 'many.csv.gz', 'many.csv.zst', 'deflated.csv.zip']) {
        const expected = await profile(name);
        assert.deepEqual(await profileDataset(source(name)), expected);
        assert.deepEqual(await profileDataset(source(`whole/${name}`)), expected);
      }
    });

    it('are sampled by their parts', async () => {
      const sample = await profileDataset(source('one-group.parquet'), { sampleBytes: 100_000 });
      assert.deepEqual([sample.exact, sample.bytes], [false, content('one-group.parquet').length]);
      assert.ok(sample.rows < 200_000);
    });
  });
});
