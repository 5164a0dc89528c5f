import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { TabpodError } from '../core/error.ts';
import { BombGuard } from './bomb.ts';
import { Damaged, type RandomSource, readPart } from './random.ts';
import { counted, inflated } from './unpack.ts';

/** Bytes at the end that are read at once: the directory of most archives. */
const TAIL = 256 * 1024;
/** More members are not listed: a workbook has tens, an archive of one table has one. */
const MOST_MEMBERS = 10_000;
const STORED = 0;
const DEFLATED = 8;

/** A zip archive, whose members can be read in any order. */
export interface Zip {
  /** Names of the files in it, in the archive's order. */
  readonly names: readonly string[];
  /** Bytes of a member when unpacked, as the archive says; `undefined` when there is no such member. */
  sizeOf(name: string): number | undefined;
  /**
   * Unpacks a member; `onPacked` gets the packed bytes read so far and all there are. Throws Damaged, and TabpodError
   * for a member that is encrypted, packed in an unusual way or absurdly large.
   */
  open(name: string, signal?: AbortSignal, onPacked?: (read: number, total: number) => void): AsyncIterable<Uint8Array>;
}

/** Reads the directory of an archive. Throws whatever the zip reader throws at bytes it makes no sense of. */
export async function openZip(source: RandomSource, signal?: AbortSignal): Promise<Zip> {
  const tailStart = Math.max(0, source.size - TAIL);
  const reader = new Reader(source, {
    start: tailStart,
    bytes: await readPart(source, tailStart, source.size, signal),
  });
  const file = await fromRandomAccessReaderPromise(reader, source.size, { autoClose: false });
  const members = new Map<string, Entry>();
  for await (const entry of file.eachEntry()) {
    signal?.throwIfAborted();
    if (!entry.fileName.endsWith('/')) members.set(entry.fileName, entry);
    if (members.size > MOST_MEMBERS) throw new Damaged(`it holds more than ${MOST_MEMBERS} files`);
  }
  return {
    names: [...members.keys()],
    sizeOf: (name) => members.get(name)?.uncompressedSize,
    open: (name, abort, onPacked) => openMember({ file, source, entry: members.get(name) }, abort, onPacked),
  };
}

interface Member {
  readonly file: ZipFile;
  readonly source: RandomSource;
  readonly entry: Entry | undefined;
}

async function* openMember(
  { file, source, entry }: Member,
  signal: AbortSignal | undefined,
  onPacked: ((read: number, total: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  if (entry === undefined) throw new Damaged('a part of it is missing');
  const { name } = source;
  const { compressionMethod: method, compressedSize, uncompressedSize } = entry;
  if (entry.isEncrypted()) throw new TabpodError('data/encrypted', { name });
  if (method !== STORED && method !== DEFLATED) throw new TabpodError('data/zip-method', { name, method });
  const { fileDataStart: start } = await file.readLocalFileHeaderPromise(entry, { minimal: true });
  let read = 0;
  const packed = counted(source.open({ start, end: start + compressedSize }, signal), (bytes) => {
    read += bytes;
    onPacked?.(read, compressedSize);
  });
  const bomb = new BombGuard(name);
  let sum = 0;
  let size = 0;
  for await (const part of method === STORED ? packed : inflated(packed)) {
    bomb.add(part.length, compressedSize);
    sum = crc32(part, sum);
    size += part.length;
    if (size > uncompressedSize) break;
    yield part;
  }
  if (size !== uncompressedSize || sum !== entry.crc32) throw new Damaged('its checksum does not match');
}

/** Serves the zip reader's many small reads of the directory from memory. */
class Reader extends RandomAccessReader {
  private readonly source: RandomSource;
  private readonly tail: { readonly start: number; readonly bytes: Uint8Array };

  constructor(source: RandomSource, tail: { start: number; bytes: Uint8Array }) {
    super();
    this.source = source;
    this.tail = tail;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const { start: from, bytes } = this.tail;
    if (start >= from) return Readable.from([bytes.subarray(start - from, end - from)]);
    return Readable.from(this.source.open({ start, end }));
  }
}
