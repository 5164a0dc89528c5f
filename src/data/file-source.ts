import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ByteSource } from '../base/bytes.ts';
import { messageOf, systemCode } from '../base/error.ts';
import { TabpodError } from '../core/error.ts';

const CHUNK = 1024 * 1024;

/** A file on this computer, as it was when the source was made. */
export interface FileSource extends ByteSource {
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/**
 * A file as a source. Reading it throws TabpodError `data/changed` when it is no longer the file this was made from:
 * size and time of change are compared when it is opened and again after its last byte. Throws TabpodError when there
 * is no such file, or it is a folder, no regular file, or may not be read.
 */
export async function fileSource(path: string): Promise<FileSource> {
  const file = await openFile(path);
  const stats = await file.stat().finally(() => file.close());
  const name = basename(path);
  if (stats.isDirectory()) throw new TabpodError('data/directory', { path });
  if (!stats.isFile()) throw new TabpodError('data/not-a-file', { path });
  return {
    name,
    size: stats.size,
    seekable: true,
    modified: stats.mtimeMs,
    open: (range, signal) => readFile(path, stats, { start: range?.start ?? 0, end: range?.end ?? stats.size }, signal),
  };
}

/** Opened without waiting: a named pipe nobody writes to must not block. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw fileError(path, error);
  }
}

function fileError(path: string, cause: unknown): TabpodError {
  switch (systemCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new TabpodError('data/not-found', { path }, { cause });
    case 'EISDIR':
      return new TabpodError('data/directory', { path }, { cause });
    case 'EACCES':
    case 'EPERM':
      return new TabpodError('data/no-permission', { path }, { cause });
    default:
      return new TabpodError('data/read-failed', { name: basename(path), detail: messageOf(cause) }, { cause });
  }
}

async function* readFile(
  path: string,
  expected: Stats,
  { start, end }: { start: number; end: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const file = await openFile(path);
  try {
    await checkSame(path, file, expected);
    const stop = Math.min(end, expected.size);
    for (let position = start; position < stop; ) {
      signal?.throwIfAborted();
      const part = await readPart(path, file, position, Math.min(CHUNK, stop - position));
      // A file that was cut short meanwhile: there is nothing where bytes were.
      if (part.length === 0) throw new TabpodError('data/changed', { name: basename(path) });
      position += part.length;
      yield part;
    }
    await checkSame(path, file, expected);
  } finally {
    await file.close();
  }
}

async function readPart(path: string, file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  try {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(path, error);
  }
}

async function checkSame(path: string, file: FileHandle, expected: Stats): Promise<void> {
  const now = await file.stat();
  if (now.size !== expected.size || now.mtimeMs !== expected.mtimeMs) {
    throw new TabpodError('data/changed', { name: basename(path) });
  }
}
