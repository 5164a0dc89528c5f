import { createHash } from 'node:crypto';
import type { ByteSource } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';
import type { NumberReader } from '../core/profile/numbers.ts';
import { binaryError } from './content.ts';
import { asBuffer, type Decoder, decoderFor, type Encoding } from './decode.ts';
import type { Separators } from './sniff.ts';
import { Table } from './table.ts';
import { Tokenizer } from './tokenizer.ts';

/** Longest row, in characters: one that is longer has an open quotation mark, or is no row of a table. */
const LONGEST_ROW = 16 * 2 ** 20;

/** How the bytes are read in one pass. */
export interface PassSettings extends Separators {
  readonly encoding: Encoding;
  readonly reader: NumberReader;
}

export interface ReadOptions {
  /** Stop after this many bytes. */
  readonly sampleBytes?: number;
  readonly signal?: AbortSignal;
  /** Bytes read in this pass so far, and all there are when that is known. */
  onProgress?(read: number, total: number | undefined): void;
}

/** What one reading of a source, from its beginning to its end or a limit, brought. */
export interface PassResult {
  readonly table: Table;
  readonly bytes: number;
  /** `undefined` when the reading stopped before the end. */
  readonly sha256: string | undefined;
}

/** Reads rows from pieces of bytes. */
class RowReader {
  readonly table: Table;
  private readonly name: string;
  private readonly decoder: Decoder;
  private readonly tokenizer: Tokenizer;
  private readonly utf16: boolean;
  private text = '';
  /** Characters that must be there before an incomplete row is tried again: twice as many, so that work stays linear. */
  private wanted = 0;

  constructor(name: string, { encoding, reader, delimiter, quote }: PassSettings) {
    this.name = name;
    this.table = new Table(name, reader);
    this.decoder = decoderFor(encoding);
    this.tokenizer = new Tokenizer(delimiter, quote);
    this.utf16 = encoding.startsWith('utf-16');
  }

  add(bytes: Uint8Array): void {
    if (!this.utf16 && asBuffer(bytes).includes(0)) throw binaryError(this.name);
    this.text += this.decoder.decode(bytes, false);
    if (this.text.length >= this.wanted) this.tokenize(false);
  }

  /** The source ended here. */
  finish(): void {
    this.text += this.decoder.decode(new Uint8Array(0), true);
    this.tokenize(true);
    if (this.text !== '')
      throw new TabpodError('data/unclosed-quote', { name: this.name, row: this.tokenizer.rows + 1 });
  }

  private tokenize(last: boolean): void {
    const end = this.tokenizer.read(this.text, last, (cells) => this.table.add(cells));
    // Waiting rows hold on to the text they were cut from.
    this.table.flush();
    this.text = this.text.slice(end);
    this.wanted = 2 * this.text.length;
    if (this.text.length > LONGEST_ROW) {
      const facts = { name: this.name, row: this.tokenizer.rows + 1, limit: LONGEST_ROW / 2 ** 20 };
      throw new TabpodError('data/row-too-long', facts);
    }
  }
}

/**
 * Reads a source once. Throws NotInEncoding when its bytes are not what `encoding` says, TabpodError for what no
 * setting mends. The last row of a reading that stopped early is cut somewhere: it is dropped.
 */
export async function readTable(source: ByteSource, settings: PassSettings, options: ReadOptions): Promise<PassResult> {
  const rows = new RowReader(source.name, settings);
  const limit = options.sampleBytes ?? Number.POSITIVE_INFINITY;
  const hash = createHash('sha256');
  const { bytes, whole } = await feed(source, limit, options, (part) => {
    hash.update(part);
    rows.add(part);
  });
  if (whole) rows.finish();
  return { table: rows.table, bytes, sha256: whole ? hash.digest('hex') : undefined };
}

/** Hands over at most `limit` bytes; `whole` tells whether there were no more. */
async function feed(
  source: ByteSource,
  limit: number,
  { signal, onProgress }: ReadOptions,
  take: (part: Uint8Array) => void,
): Promise<{ bytes: number; whole: boolean }> {
  let bytes = 0;
  // One byte more than wanted tells whether there are more.
  const range = limit === Number.POSITIVE_INFINITY ? undefined : { start: 0, end: limit + 1 };
  for await (const part of source.open(range, signal)) {
    signal?.throwIfAborted();
    if (bytes + part.length > limit) {
      take(part.subarray(0, limit - bytes));
      return { bytes: limit, whole: false };
    }
    take(part);
    bytes += part.length;
    onProgress?.(bytes, source.size);
  }
  return { bytes, whole: true };
}

/** The first bytes of a source. */
export interface Head {
  readonly bytes: Buffer;
  /** Whether there are no more. */
  readonly whole: boolean;
}

/** At most `limit` bytes from the beginning of a source. */
export async function readHead(source: ByteSource, limit: number, signal?: AbortSignal): Promise<Head> {
  const parts: Uint8Array[] = [];
  const { whole } = await feed(source, limit, signal ? { signal } : {}, (part) => parts.push(part));
  return { bytes: Buffer.concat(parts), whole };
}
