import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from '../../base/bytes.ts';
import { messageOf, systemCode } from '../../base/error.ts';
import { TabpodError } from '../../core/error.ts';
import { BackendError, type PutOptions, type Volume } from '../ports.ts';

const KEY = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/** A folder of this computer as a volume: keys are paths below it. */
export function createLocalVolume(root: string): Volume {
  return {
    async put(key, source, options = {}) {
      const path = pathOfKey(root, key);
      await writing(() => mkdir(dirname(path), { recursive: true }));
      const temporary = `${path}.${randomUUID()}.part`;
      try {
        await copyIn(source, temporary, options);
        await writing(() => rename(temporary, path));
      } finally {
        await rm(temporary, { force: true });
      }
      return path;
    },
    async read(key, maxBytes) {
      return await unlessMissing(readSmall(pathOfKey(root, key), key, maxBytes));
    },
    async download(key, path) {
      return await unlessMissing(copyOut(pathOfKey(root, key), path));
    },
    async head(key) {
      const found = await unlessMissing(stat(pathOfKey(root, key)));
      return found?.isFile() ? { bytes: found.size } : undefined;
    },
    async remove(key) {
      await writing(() => rm(pathOfKey(root, key), { force: true }));
    },
  };
}

/** The absolute path of a key. Throws BackendError `refused` for anything that could lead out of the volume. */
export function pathOfKey(root: string, key: string): string {
  if (!KEY.test(key) || key.split('/').some((part) => part === '.' || part === '..')) {
    throw new BackendError({ kind: 'refused', detail: `“${key}” is not a key of a volume` });
  }
  return join(root, key);
}

async function copyIn(source: ByteSource, path: string, { signal, onProgress }: PutOptions): Promise<void> {
  const file = await writing(() => open(path, 'wx'));
  try {
    let sent = 0;
    for await (const part of source.open(undefined, signal)) {
      signal?.throwIfAborted();
      await writing(() => writeAll(file, part));
      sent += part.length;
      onProgress?.(sent);
    }
    signal?.throwIfAborted();
    if (source.size !== undefined && sent !== source.size) throw new TabpodError('data/changed', { name: source.name });
    await writing(() => file.sync());
    const { size } = await writing(() => file.stat());
    if (size !== sent)
      throw new BackendError({ kind: 'unavailable', detail: `${path} holds ${size} of ${sent} bytes` });
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}

async function readSmall(path: string, key: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let size = 0;
    while (size < buffer.length) {
      const { bytesRead } = await file.read(buffer, size);
      if (bytesRead === 0) return buffer.subarray(0, size);
      size += bytesRead;
    }
    throw new TabpodError('local/object-too-large', { key, limit: maxBytes });
  } finally {
    await file.close();
  }
}

async function copyOut(from: string, to: string): Promise<{ bytes: number; sha256: string }> {
  const source = await open(from);
  const temporary = `${to}.${randomUUID()}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await mkdir(dirname(to), { recursive: true });
    const target = await open(temporary, 'wx');
    const measure = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    };
    await pipeline(source.createReadStream(), measure, target.createWriteStream({ flush: true }));
    await rename(temporary, to);
  } finally {
    await source.close();
    await rm(temporary, { force: true });
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs what writes to the volume; its failures are the backend's, unlike those of the source that is read. */
async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'volume-full' : 'unavailable';
    throw new BackendError({ kind, detail: messageOf(error) }, { cause: error });
  }
}
