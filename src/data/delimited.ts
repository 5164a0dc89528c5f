import type { ByteSource } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';
import { numberReader } from '../core/profile/numbers.ts';
import { hasUtf8Mark } from './content.ts';
import { NotInEncoding } from './decode.ts';
import { guessSettings, holdsIn, numberFormatOf } from './guess.ts';
import { type Head, type PassResult, type PassSettings, type ReadOptions, readHead, readTable } from './pass.ts';

/** Bytes from which encoding, separators and number format are guessed. */
const HEAD = 1024 * 1024;
/** Bytes that tell what a file is, however small the sample. */
const SIGNATURE = 16;
/** A sample without a whole row grows by this factor. */
const GROWTH = 8;

/** A delimited text as it was read, and how. */
export interface Delimited extends PassResult {
  readonly settings: PassSettings;
}

/** The first bytes, as many as are needed to tell what a source holds and how it is written. */
export async function headOf(source: ByteSource, { sampleBytes = HEAD, signal }: ReadOptions): Promise<Head> {
  return await readHead(source, Math.min(HEAD, Math.max(SIGNATURE, sampleBytes)), signal);
}

/**
 * Reads a delimited text that begins with `head`. One pass, unless a guess from the first megabyte proves wrong further
 * on (not UTF-8 after all, another number format): then the source is read again. Throws TabpodError for what cannot be
 * read as a table.
 */
export async function readDelimited(source: ByteSource, head: Head, options: ReadOptions): Promise<Delimited> {
  let settings = guessSettings(source.name, head.bytes, head.whole);
  let limits = options;
  for (;;) {
    const result = await attempt(source, settings, limits);
    if (result === undefined) {
      if (hasUtf8Mark(head.bytes)) throw new TabpodError('data/encoding', { name: source.name });
      settings = { ...settings, encoding: 'windows-1252' };
      continue;
    }
    const { table } = result;
    if (limits.sampleBytes !== undefined && result.sha256 === undefined && table.rows + table.ragged.count === 0) {
      limits = { ...limits, sampleBytes: limits.sampleBytes * GROWTH };
      continue;
    }
    const format = numberFormatOf(table, settings.delimiter);
    if (format !== settings.reader.format) settings = { ...settings, reader: numberReader(format) };
    if (holdsIn(table, format)) return { ...result, settings };
  }
}

/** One pass; `undefined` when what began as UTF-8 is not. */
async function attempt(
  source: ByteSource,
  settings: PassSettings,
  options: ReadOptions,
): Promise<PassResult | undefined> {
  try {
    return await readTable(source, settings, options);
  } catch (error) {
    if (!(error instanceof NotInEncoding)) throw error;
    if (settings.encoding === 'utf-8') return undefined;
    throw new TabpodError('data/encoding', { name: source.name }, { cause: error });
  }
}
