import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TabpodError } from '../../src/core/error.ts';
import { fileSource } from '../../src/data/file-source.ts';
import { profileDataset } from '../../src/data/profile.ts';
import { profileInWorker } from '../../src/data/worker.ts';

const userAgent = 'tabpod/test';
const penguins = resolve('samples/penguins.csv');

describe('profile in a worker', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tabpod-worker-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is the one that this thread would make', async () => {
    const expected = await profileDataset(await fileSource(penguins));
    assert.deepEqual(await profileInWorker({ path: penguins }, { userAgent }), expected);
  });

  it('of a sample is not exact', async () => {
    const profile = await profileInWorker({ path: penguins }, { userAgent, sampleBytes: 2000 });
    assert.equal(profile.exact, false);
  });

  it('refuses with the same code and facts', async () => {
    const path = join(folder, 'none.csv');
    await assert.rejects(profileInWorker({ path }, { userAgent }), new TabpodError('data/not-found', { path }));
    await assert.rejects(profileInWorker({ url: 'ftp://host/a' }, { userAgent }), new TabpodError('data/bad-url', {}));
  });

  it('tells how far it is, and ends when asked to', async () => {
    const path = join(folder, 'large.csv');
    writeFileSync(path, `a,b\n${'1,2\n'.repeat(4_000_000)}`);
    const abort = new AbortController();
    const reason = new Error('enough');
    const seen: [number, number | undefined][] = [];
    const onProgress = (read: number, total: number | undefined) => {
      seen.push([read, total]);
      abort.abort(reason);
    };
    await assert.rejects(profileInWorker({ path }, { userAgent, onProgress }, abort.signal), reason);
    assert.equal(seen[0]?.[1], 16_000_004);
    assert.ok((seen[0]?.[0] ?? 0) < 16_000_004);
  });

  it('does not begin when it is too late', async () => {
    const reason = new Error('enough');
    await assert.rejects(profileInWorker({ path: penguins }, { userAgent }, AbortSignal.abort(reason)), reason);
  });
});
