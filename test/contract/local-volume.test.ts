import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import fc from 'fast-check';
import { createLocalVolume, pathOfKey } from '../../src/backends/local/volume.ts';
import { BackendError, type BackendFailure } from '../../src/backends/ports.ts';
import { type ByteSource, bytesOf } from '../../src/base/bytes.ts';
import { TabpodError } from '../../src/core/error.ts';
import { sha256 } from '../stub/machine.ts';

const failsAs = (kind: BackendFailure['kind']) => (error: unknown) =>
  error instanceof BackendError && error.failure.kind === kind;

/** Bytes that say one size and hold another. */
function lying(size: number, content: string): ByteSource {
  return { ...bytesOf('data.csv', content), size };
}

describe('the volume of this computer', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tabpod-volume-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives back what was put, and overwrites', async () => {
    const volume = createLocalVolume(folder);
    const sent: number[] = [];
    assert.equal(await volume.head('a/b.txt'), undefined);
    assert.equal(await volume.read('a/b.txt', 10), undefined);
    assert.equal(await volume.download('a/b.txt', join(folder, 'x')), undefined);
    await volume.put('a/b.txt', bytesOf('b', 'first'));
    const address = await volume.put('a/b.txt', bytesOf('b', 'second'), { onProgress: (bytes) => sent.push(bytes) });
    assert.equal(address, join(folder, 'a', 'b.txt'));
    assert.deepEqual(sent, [6]);
    assert.deepEqual(await volume.head('a/b.txt'), { bytes: 6 });
    assert.equal(String(await volume.read('a/b.txt', 6)), 'second');
    const target = join(folder, 'deep', 'copy.txt');
    assert.deepEqual(await volume.download('a/b.txt', target), { bytes: 6, sha256: sha256('second') });
    assert.equal(readFileSync(target, 'utf8'), 'second');
    await volume.remove('a/b.txt');
    await volume.remove('a/b.txt');
    assert.equal(await volume.head('a/b.txt'), undefined);
  });

  it('reads no more than it may, and takes no folder for an object', async () => {
    const volume = createLocalVolume(folder);
    await volume.put('a/b', bytesOf('b', '1234567'));
    await assert.rejects(volume.read('a/b', 6), (error) => {
      return error instanceof TabpodError && error.code === 'local/object-too-large';
    });
    assert.equal(await volume.head('a'), undefined);
  });

  it('leaves the old object and no remains when a put fails', async () => {
    const volume = createLocalVolume(folder);
    await volume.put('data.csv', bytesOf('data.csv', 'old'));
    const changed = (error: unknown) => error instanceof TabpodError && error.code === 'data/changed';
    await assert.rejects(volume.put('data.csv', lying(99, 'short')), changed);
    await assert.rejects(volume.put('data.csv', lying(1, 'long')), changed);
    const stop = new AbortController();
    const source = bytesOf('data.csv', 'new');
    const aborting: ByteSource = {
      ...source,
      async *open() {
        stop.abort();
        yield* source.open();
      },
    };
    await assert.rejects(volume.put('data.csv', aborting, { signal: stop.signal }), { name: 'AbortError' });
    assert.equal(readFileSync(join(folder, 'data.csv'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['data.csv']);
  });

  it('says that it is full, in the words of the system', async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    const small = join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
    try {
      const volume = createLocalVolume(small);
      await assert.rejects(volume.put('big', bytesOf('big', new Uint8Array(1 << 20))), failsAs('volume-full'));
      assert.deepEqual(readdirSync(small), []);
    } finally {
      execFileSync('umount', ['-l', small]);
    }
  });

  it('says what is wrong when its folder is a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    const volume = createLocalVolume(join(folder, 'file'));
    await assert.rejects(volume.put('a', bytesOf('a', 'x')), failsAs('unavailable'));
  });

  it('takes no key that leads elsewhere', async () => {
    const volume = createLocalVolume(folder);
    for (const key of [
      '',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a//b',
      'a/',
      './a',
      'a\\b',
      'a b',
      'a\0b',
      'C:/x',
      'ü',
    ]) {
      await assert.rejects(volume.put(key, bytesOf('x', 'x')), failsAs('refused'), key);
      await assert.rejects(volume.read(key, 1), failsAs('refused'), key);
    }
    assert.ok(!existsSync(join(folder, '..', 'x')));
  });

  it('property: whatever the key, its path is refused or lies below the root', () => {
    const part = fc.oneof(fc.constantFrom('.', '..', 'a', '/', '\\', '~', '%2e%2e'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('/')),
        (key) => {
          let path: string;
          try {
            path = pathOfKey(folder, key);
          } catch (error) {
            return failsAs('refused')(error);
          }
          const below = relative(folder, path);
          return below !== '' && !below.startsWith('..') && !isAbsolute(below) && path.endsWith(key);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
