import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { ByteSource } from '../base/bytes.ts';
import { BombGuard } from './bomb.ts';
import type { ReadOptions } from './pass.ts';
import { damage } from './random.ts';

/** Packed bytes that the zstd decoder takes at once: what it makes of them is in memory, 32 KiB for each byte at worst. */
const ZSTD_STEP = 4096;

type Parts = AsyncIterable<Uint8Array>;

/**
 * What a gzip or zstd file holds, as a source that is read from its beginning. Progress is told in packed bytes.
 * Throws TabpodError for a file that is cut off or damaged, and for one that holds absurdly much.
 */
export function unpackedSource(
  source: ByteSource,
  packing: 'gzip' | 'zstd',
  onProgress: ReadOptions['onProgress'],
): ByteSource {
  const { name } = source;
  return {
    name,
    size: undefined,
    async *open(range, signal) {
      const bomb = new BombGuard(name);
      let packed = 0;
      const taken = counted(source.open(undefined, signal), (bytes) => {
        packed += bytes;
        onProgress?.(packed, source.size);
      });
      const unpacked = packing === 'gzip' ? through(createGunzip(), taken) : unzstd(taken);
      const watched = counted(unpacked, (bytes) => bomb.add(bytes, source.size ?? packed));
      try {
        yield* upTo(range?.end, watched);
      } catch (error) {
        throw damage(name, packing, error);
      }
    },
  };
}

/** Bytes of deflate, as zip members are packed, unpacked. */
export function inflated(parts: Parts): Parts {
  return through(createInflateRaw(), parts);
}

/** Tells how long each part is, before it is handed on. */
export async function* counted(parts: Parts, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    count(part.length);
    yield part;
  }
}

/** The bytes before `end`. */
export async function* upTo(end: number | undefined, parts: Parts): AsyncGenerator<Uint8Array> {
  let left = end ?? Number.POSITIVE_INFINITY;
  for await (const part of parts) {
    yield left < part.length ? part.subarray(0, left) : part;
    left -= part.length;
    if (left <= 0) return;
  }
}

/** Bytes behind the end of what a decoder understands, such as padding, are left unread. */
async function* through(decoder: Transform, parts: Parts): AsyncGenerator<Uint8Array> {
  const input = Readable.from(parts);
  // Errors of the input come out of the decoder too: they are thrown below.
  pipeline(input, decoder, () => undefined);
  try {
    yield* decoder;
  } finally {
    input.destroy();
    decoder.destroy();
  }
}

async function* unzstd(parts: Parts): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  const decoder = new Decompress((part) => out.push(part));
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += ZSTD_STEP) {
      decoder.push(part.subarray(at, at + ZSTD_STEP));
      yield* out.splice(0);
    }
  }
  decoder.push(new Uint8Array(0), true);
  yield* out.splice(0);
}
