import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { BackendError, type BackendFailure } from '../../src/backends/ports.ts';
import type { RunpodVolume } from '../../src/backends/runpod/s3/volume.ts';
import { type ByteSource, bytesOf } from '../../src/base/bytes.ts';
import { TabpodError } from '../../src/core/error.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { noFaults } from '../emulator/faults.ts';
import { backendOf, scratchEmulator, volumeOf } from '../emulator/scratch.ts';
import { until } from './until.ts';

const PART = 1000;

/** Bytes that differ from place to place. */
function pattern(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) % 251));
}

async function failureOf(work: Promise<unknown>): Promise<BackendFailure> {
  const error = await work.then(
    () => assert.fail('it worked'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BackendError)) throw error;
  return error.failure;
}

describe('RunPod volume, through the emulator', () => {
  let emulator: Emulator;
  let volume: RunpodVolume;
  let local: string;

  const onDisk = (key: string) => readFileSync(join(emulator.volumeFolder, key));
  const leftovers = () => {
    const folder = join(emulator.volumeFolder, '.s3compat_uploads');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  before(async () => {
    emulator = await scratchEmulator();
    volume = volumeOf(emulator, { partBytes: PART, stallMs: 1000 });
    local = mkdtempSync(join(tmpdir(), 'tabpod-download-'));
  });
  after(async () => {
    rmSync(local, { recursive: true });
    await emulator.stop();
  });
  afterEach(() => {
    Object.assign(emulator.faults, noFaults());
  });

  for (const [what, size] of [
    ['an empty object', 0],
    ['a small object', 10],
    ['an object of one part', PART],
    ['an object of one part and a byte', PART + 1],
    ['an object of many parts', 12 * PART + 7],
  ] as const) {
    it(`writes ${what}, shows its size and reads it back`, async () => {
      const content = pattern(size);
      const sent: number[] = [];
      const address = await volume.put('models/a/x.bin', bytesOf('x.bin', content), {
        onProgress: (bytes) => sent.push(bytes),
      });
      assert.equal(address, `runpod://${emulator.volumeId}/models/a/x.bin`);
      assert.deepEqual(onDisk('models/a/x.bin'), content);
      assert.deepEqual(await volume.head('models/a/x.bin'), { bytes: size });
      assert.deepEqual(Buffer.from((await volume.read('models/a/x.bin', size)) ?? []), content);
      assert.equal(sent.at(-1), size);
      assert.deepEqual(
        sent,
        sent.toSorted((a, b) => a - b),
      );
      assert.deepEqual(leftovers(), []);
    });
  }

  it('sends more than 50 MB in parts of 50 MB', async () => {
    const content = Buffer.alloc(120_000_000, 'tabpod');
    await backendOf(emulator).volume.put('datasets/big', bytesOf('big', content));
    const parts = emulator.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/datasets/big?'));
    assert.deepEqual(parts.map(({ body }) => body).sort(), [20_000_000, 50_000_000, 50_000_000]);
    assert.ok(onDisk('datasets/big').equals(content));
  });

  it('writes a source that does not know its size', async () => {
    const source: ByteSource = {
      name: 'stream',
      size: undefined,
      async *open() {
        for (let index = 0; index < 5; index++) yield pattern(700);
      },
    };
    await volume.put('stream.bin', source);
    assert.equal(onDisk('stream.bin').length, 3500);
  });

  it('downloads under a temporary name, with the sha256 of what came', async () => {
    const content = pattern(5000);
    await volume.put('models/a/model.json', bytesOf('model.json', content));
    const path = join(local, 'deep', 'model.json');
    assert.deepEqual(await volume.download('models/a/model.json', path), {
      bytes: 5000,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    assert.deepEqual(readFileSync(path), content);
    assert.deepEqual(readdirSync(join(local, 'deep')), ['model.json']);
  });

  it('answers undefined for what is not there, and removes in peace', async () => {
    assert.equal(await volume.head('nothing'), undefined);
    assert.equal(await volume.read('nothing', 10), undefined);
    assert.equal(await volume.download('nothing', join(local, 'nothing')), undefined);
    assert.equal(existsSync(join(local, 'nothing')), false);
    await volume.remove('nothing');
    await volume.put('something', bytesOf('something', 'x'));
    await volume.remove('something');
    assert.equal(await volume.head('something'), undefined);
  });

  it('refuses to read more than it was told to', async () => {
    await volume.put('long', bytesOf('long', pattern(11)));
    await assert.rejects(
      volume.read('long', 10),
      (error) => error instanceof TabpodError && error.code === 'account/object-too-large',
    );
  });

  for (const [what, actual] of [
    ['grows', 15],
    ['shrinks', 5],
    ['grows by parts', 10 * PART],
  ] as const) {
    it(`notices a source that ${what} while it is sent`, async () => {
      const source = { ...bytesOf('data.csv', pattern(actual)), size: what === 'grows by parts' ? 2 * PART : 10 };
      await assert.rejects(
        volume.put(`changed-${actual}`, source),
        (error) => error instanceof TabpodError && error.code === 'data/changed',
      );
      assert.deepEqual(leftovers(), []);
      assert.equal(await volume.head(`changed-${actual}`), undefined);
    });
  }

  it('survives the faults that pass', async () => {
    emulator.faults.s3GatewayErrors = 3;
    await volume.put('bumpy', bytesOf('bumpy', pattern(4 * PART)));
    assert.deepEqual(onDisk('bumpy'), pattern(4 * PART));
    emulator.faults.s3GatewayErrors = 1;
    await volume.put('bumpy-single', bytesOf('bumpy', pattern(7)));
    assert.deepEqual(onDisk('bumpy-single'), pattern(7));
  });

  it('sends a part again that stood still', async () => {
    emulator.faults.s3Stalls = 1;
    await volume.put('stalled', bytesOf('stalled', pattern(3 * PART)));
    assert.deepEqual(onDisk('stalled'), pattern(3 * PART));
  });

  it('takes 507 for the end, at once, and leaves no parts', async () => {
    emulator.faults.s3Full = true;
    const before = emulator.requests.length;
    assert.equal((await failureOf(volume.put('full', bytesOf('full', pattern(10))))).kind, 'volume-full');
    assert.equal(emulator.requests.slice(before).filter(({ method }) => method === 'PUT').length, 1);
    assert.equal((await failureOf(volume.put('full', bytesOf('full', pattern(9 * PART))))).kind, 'volume-full');
    assert.deepEqual(leftovers(), []);
  });

  it('waits for the object when Complete times out at the proxy', async () => {
    emulator.faults.completeTimesOut = 1;
    emulator.faults.completeLateSeconds = 40;
    await volume.put('late', bytesOf('late', pattern(3 * PART)));
    assert.deepEqual(onDisk('late'), pattern(3 * PART));
    const completes = emulator.requests.filter(
      ({ method, path }) => method === 'POST' && path.includes('/late?uploadId'),
    );
    assert.equal(completes.length, 1);
  });

  it('asks again when the object does not come, and gives up when it never does', async () => {
    emulator.faults.completeTimesOut = 1;
    emulator.faults.completeLateSeconds = 100;
    await volume.put('later', bytesOf('later', pattern(3 * PART)));
    assert.deepEqual(onDisk('later'), pattern(3 * PART));

    emulator.faults.completeTimesOut = 1;
    emulator.faults.completeLateSeconds = -1;
    assert.equal((await failureOf(volume.put('never', bytesOf('never', pattern(3 * PART))))).kind, 'unavailable');
  });

  it('looks again when HeadObject does not show what was confirmed', async () => {
    emulator.faults.headMissing = 3;
    await volume.put('shy', bytesOf('shy', pattern(10)));
    emulator.faults.headMissing = 1000;
    const failure = await failureOf(volume.put('gone', bytesOf('gone', pattern(3 * PART))));
    assert.deepEqual(failure, {
      kind: 'unavailable',
      detail: 'storage: gone was sent, but RunPod does not show it with its full size',
    });
  });

  it('drops the parts when it is cancelled', async () => {
    const cancel = new AbortController();
    emulator.faults.s3Stalls = 1000;
    const reason = new Error('cancelled by the user');
    const put = volume.put('cancelled', bytesOf('cancelled', pattern(8 * PART)), { signal: cancel.signal });
    const rejected = assert.rejects(put, (error) => error === reason);
    await until(
      'a part is on its way',
      () => leftovers().length > 0 && emulator.requests.some(({ path }) => path.includes('cancelled?partNumber')),
    );
    cancel.abort(reason);
    await rejected;
    assert.deepEqual(leftovers(), []);
    assert.equal(await volume.head('cancelled'), undefined);
  });

  it('tells a wrong secret from a wrong volume', async () => {
    const wrong = backendOf(emulator, { s3SecretKey: 'rps_wrong' });
    assert.equal((await failureOf(wrong.volume.read('x', 1))).kind, 'bad-key');
    assert.equal((await failureOf(wrong.account?.check() ?? Promise.resolve())).kind, 'forbidden');
    const stranger = backendOf(emulator, { volumeId: 'emuvolume9' });
    await assert.rejects(
      stranger.volume.read('x', 1),
      (error) => error instanceof TabpodError && error.code === 'account/no-volume',
    );
  });

  it('keeps to the quota of a small volume', async () => {
    const small = await scratchEmulator({ quotaBytes: 5000 });
    try {
      const files = volumeOf(small, { partBytes: PART, stallMs: 1000 });
      await files.put('a', bytesOf('a', pattern(4000)));
      assert.equal((await failureOf(files.put('b', bytesOf('b', pattern(9000))))).kind, 'volume-full');
      await files.remove('a');
      await files.put('b', bytesOf('b', pattern(4000)));
    } finally {
      await small.stop();
    }
  });
});
