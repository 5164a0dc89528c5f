import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteRange, type ByteSource, readAll } from '../../src/base/bytes.ts';
import { explain, TabpodError } from '../../src/core/error.ts';
import { fileSource } from '../../src/data/file-source.ts';
import { profileDataset } from '../../src/data/profile.ts';
import { sha256Of } from '../../src/data/sha256.ts';
import { urlSource } from '../../src/data/url-source.ts';

async function refusal(work: () => Promise<unknown>): Promise<TabpodError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof TabpodError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

async function read(source: ByteSource, range?: ByteRange): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of source.open(range)) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('file as a source', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tabpod-data-'));
    path = join(folder, 'data.csv');
    writeFileSync(path, 'a,b\n1,2\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has a name, a size and a time, and reads whole or in part', async () => {
    const source = await fileSource(path);
    assert.deepEqual([source.name, source.size], ['data.csv', 8]);
    assert.ok(source.modified > 0);
    assert.equal(await read(source), 'a,b\n1,2\n');
    assert.equal(await read(source, { start: 2, end: 5 }), 'b\n1');
    assert.equal(await read(source, { start: 6 }), '2\n');
    assert.equal(await read(source, { start: 6, end: 100 }), '2\n');
    assert.equal(await sha256Of(source), '492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470');
  });

  it('is refused when there is none to read', async () => {
    const code = async (place: string) => (await refusal(() => fileSource(place))).code;
    assert.equal(await code(join(folder, 'none.csv')), 'data/not-found');
    assert.equal(await code(join(path, 'below.csv')), 'data/not-found');
    assert.equal(await code(folder), 'data/directory');
    mkdirSync(join(folder, 'table.csv'));
    assert.equal(await code(join(folder, 'table.csv')), 'data/directory');
    assert.equal(await code('/dev/null'), 'data/not-a-file');
  });

  it('is refused without permission', async function () {
    chmodSync(path, 0);
    // The superuser may read everything.
    if (process.getuid?.() === 0) this.skip();
    assert.equal((await refusal(() => fileSource(path))).code, 'data/no-permission');
  });

  it('is refused when it changed before it is read', async () => {
    const source = await fileSource(path);
    appendFileSync(path, '3,4\n');
    assert.equal((await refusal(() => read(source))).code, 'data/changed');
  });

  it('is refused when it changes or shrinks while it is read', async () => {
    for (const change of [() => appendFileSync(path, 'x'), () => truncateSync(path, 9)]) {
      writeFileSync(path, `a,b\n${'1,2\n'.repeat(600_000)}`);
      const source = await fileSource(path);
      const reading = profileDataset({ ...source, open: whenOpened(source, change) });
      assert.equal((await refusal(() => reading)).code, 'data/changed');
    }
  });

  /** The second opening is the pass over the whole file; the change happens behind its first part. */
  function whenOpened(source: ByteSource, change: () => void): ByteSource['open'] {
    let opened = 0;
    return async function* (range, signal) {
      opened++;
      for await (const part of source.open(range, signal)) {
        yield part;
        if (opened === 2) change();
      }
    };
  }

  it('stops when asked to', async () => {
    const source = await fileSource(path);
    const reason = new Error('enough');
    await assert.rejects(readAll(source, 100, AbortSignal.abort(reason)), reason);
  });
});

const CSV = 'city,temperature\nOslo,-3.5\nRome,14\nParis,9.25\n';

/** What the server of these tests does at each path. */
const PATHS: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/ranges.csv': (request, response) => {
    const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    if (request.headers.range === undefined) return void response.end(CSV);
    if (Number(start) >= CSV.length)
      return void response.writeHead(416, { 'content-range': `bytes */${CSV.length}` }).end();
    const last = Math.min(end === '' ? CSV.length : Number(end), CSV.length - 1);
    const headers = { 'content-range': `bytes ${start}-${last}/${CSV.length}` };
    response.writeHead(206, headers).end(CSV.slice(Number(start), last + 1));
  },
  '/whole.csv': (_, response) => void response.end(CSV),
  '/chunked': (_, response) => {
    response.write(CSV.slice(0, 10));
    response.end(CSV.slice(10));
  },
  '/moved.csv': (_, response) => void response.writeHead(302, { location: '/whole.csv?token=moved' }).end(),
  '/page.csv': (_, response) => void response.end('<!doctype html><title>Sign in</title>'),
  '/typed.csv': (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('Sign in'),
  '/empty.csv': (_, response) => void response.writeHead(416, { 'content-range': 'bytes */0' }).end(),
  '/agent.csv': (request, response) => {
    const { authorization = '' } = request.headers;
    response.end(`agent,authorization,query\n${request.headers['user-agent']},${authorization},${request.url}\n`);
  },
  '/broken.csv': (_, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('a,b\n1,2\n', () => response.destroy());
  },
  '/silent.csv': (_, response) => void response.write('a,b\n1,2\n'),
  '/never.csv': () => undefined,
};

describe('address as a source', () => {
  let server: Server;
  let origin: string;
  const userAgent = 'tabpod/test';

  before(async () => {
    server = createServer((request, response) => {
      const answer = PATHS[new URL(request.url ?? '', 'http://any').pathname];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const source = (path: string, limits = {}) => urlSource(`${origin}${path}`, { userAgent, ...limits });

  it('reads whole and in part, whether or not the server knows ranges', async () => {
    for (const path of ['/ranges.csv', '/whole.csv', '/chunked', '/moved.csv']) {
      assert.equal(await read(source(path)), CSV);
      assert.equal(await read(source(path), { start: 5, end: 16 }), 'temperature');
      assert.equal(await read(source(path), { start: CSV.length - 5 }), '9.25\n');
      assert.equal(await read(source(path), { start: CSV.length + 5 }), '');
    }
  });

  it('knows the size once the server told it', async () => {
    for (const path of ['/ranges.csv', '/whole.csv']) {
      const known = source(path);
      assert.equal(known.size, undefined);
      await read(known, { start: 0, end: 3 });
      assert.equal(known.size, CSV.length);
    }
  });

  it('profiles, exactly and from a sample', async () => {
    const profile = await profileDataset(source('/ranges.csv?key=secret'));
    assert.deepEqual([profile.name, profile.rows, profile.exact, profile.bytes], ['ranges.csv', 3, true, CSV.length]);
    const sample = await profileDataset(source('/whole.csv'), { sampleBytes: 30 });
    assert.deepEqual([sample.rows, sample.exact], [1, false]);
  });

  it('sends its name, and user info as a header', async () => {
    const address = `${origin.replace('//', '//user:p%40ss@')}/agent.csv?key=1`;
    const { columns } = await profileDataset(urlSource(address, { userAgent }));
    const basic = Buffer.from('user:p@ss').toString('base64');
    assert.deepEqual(
      columns.map(({ top }) => top[0]?.value),
      [userAgent, `Basic ${basic}`, '/agent.csv?key=1'],
    );
  });

  it('says what is wrong without a word of what may be secret', async () => {
    const cases: [string, string][] = [
      ['/none.csv', 'data/url-status'],
      ['/page.csv', 'data/html'],
      ['/typed.csv', 'data/html'],
      ['/empty.csv', 'data/empty'],
      ['/broken.csv', 'data/url-unreachable'],
    ];
    for (const [path, code] of cases) {
      const address = `${origin.replace('//', '//user:hidden@')}${path}?token=hidden`;
      const error = await refusal(() => profileDataset(urlSource(address, { userAgent })));
      assert.equal(error.code, code, path);
      assert.ok(explain(error).includes(path.slice(1)), explain(error));
      assert.ok(!/hidden|user|token/.test(JSON.stringify([explain(error), error.stack, error.cause])), explain(error));
    }
  });

  it('says when nothing answers at all', async () => {
    const port = await freePort();
    const error = await refusal(() => read(urlSource(`http://127.0.0.1:${port}/a.csv?k=v`, { userAgent })));
    assert.equal(error.code, 'data/url-unreachable');
    assert.match(explain(error), /ECONNREFUSED/);
  });

  it('gives up on a server that does not answer, or falls silent', async () => {
    const silent = await refusal(() => read(source('/silent.csv', { silenceMs: 40 })));
    assert.deepEqual([silent.code, silent.facts.seconds], ['data/url-silent', 0.04]);
    const never = await refusal(() => read(source('/never.csv', { connectMs: 40 })));
    assert.equal(never.code, 'data/url-silent');
  });

  it('stops when asked to', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const reading = profileDataset(source('/silent.csv'), { signal: abort.signal });
    server.once('request', () => abort.abort(reason));
    await assert.rejects(reading, reason);
  });

  it('takes http and https only', async () => {
    for (const address of ['ftp://host/a.csv', 'file:///etc/passwd', 'data:text/csv,a', 'a.csv', '']) {
      assert.equal((await refusal(async () => urlSource(address, { userAgent }))).code, 'data/bad-url');
    }
  });

  it('has a name without directories', () => {
    const name = (address: string) => urlSource(address, { userAgent }).name;
    assert.equal(name('https://host/a/b%20c.csv?x=1#y'), 'b c.csv');
    assert.equal(name('https://host/a/..%2F..%2Fetc.csv'), '.._.._etc.csv');
    assert.equal(name('https://host/%zz.csv'), '%zz.csv');
    assert.equal(name('https://user:secret@host?x=1'), 'host');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
