import { type ByteSource, bytesOf, readAll } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';

/** Largest file, in bytes, that is kept in memory because its parts cannot be read by themselves. */
const LARGEST_KEPT = 256 * 2 ** 20;

/** A source whose parts can be read in any order. */
export interface RandomSource extends ByteSource {
  readonly size: number;
}

/** The source itself where its parts can be read by themselves, else all of it in memory. Throws TabpodError. */
export async function randomSource(source: ByteSource, signal?: AbortSignal): Promise<RandomSource> {
  const { name, size } = source;
  if (source.seekable && size !== undefined) {
    return { name, size, seekable: true, open: (range, abort) => source.open(range, abort) };
  }
  try {
    const bytes = await readAll(source, LARGEST_KEPT, signal);
    return { ...bytesOf(name, bytes), size: bytes.length };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TabpodError('data/no-parts', { name, limit: LARGEST_KEPT / 2 ** 20 }, { cause });
  }
}

/** What a file says of itself does not fit its bytes. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** The bytes from `start` to `end`. Throws Damaged when they do not all exist. */
export async function readPart(
  source: RandomSource,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (!(start >= 0 && start <= end && end <= source.size)) throw new Damaged('it points beyond its own end');
  const part = Buffer.alloc(end - start);
  let filled = 0;
  for await (const piece of source.open({ start, end }, signal)) {
    part.set(piece.subarray(0, part.length - filled), filled);
    filled += piece.length;
  }
  if (filled < part.length) throw new Damaged('it ends too early');
  return part;
}

/** Runs what reads a file's inside: whatever a reader throws at bytes it cannot make sense of names the file. */
export async function orDamaged<T>(name: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw damage(name, what, error);
  }
}

/** The error for bytes that make no sense; errors that say what is wrong, and reasons to stop, stay as they are. */
export function damage(name: string, what: string, error: unknown): unknown {
  const foreign = error instanceof Error && !(error instanceof TabpodError) && !(error instanceof DOMException);
  if (!foreign) return error;
  const detail = error.message.replace(/[.\s]+$/, '');
  return new TabpodError('data/damaged', { name, what, detail }, { cause: error });
}
