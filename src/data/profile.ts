import type { ByteSource } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';
import { type ColumnFacts, describeColumn, evidenceOf } from '../core/profile/describe.ts';
import { missingTokens } from '../core/profile/missing.ts';
import { uniqueNames } from '../core/profile/names.ts';
import { numberReader } from '../core/profile/numbers.ts';
import type { Dialect, Profile } from '../core/profile/schema.ts';
import { tableFindings } from '../core/profile/table-findings.ts';
import { hasUtf8Mark } from './content.ts';
import { NotInEncoding } from './decode.ts';
import { guessSettings, holdsIn, numberFormatOf } from './guess.ts';
import { type PassResult, type PassSettings, type ReadOptions, readHead, readTable } from './pass.ts';

/** Bytes from which encoding, separators and number format are guessed. */
const HEAD = 1024 * 1024;
/** A sample without a whole row grows by this factor. */
const GROWTH = 8;
/** Values listed under `top` in the whole profile; the most and the fewest that a column may list. */
const TOP_TOTAL = 200_000;
const TOP_MOST = 1000;
const TOP_FEWEST = 20;

/**
 * Profiles a delimited text file, streaming: memory does not grow with its size. Read whole (the default) the profile is
 * exact and names the SHA-256 of the bytes; with `sampleBytes` it describes the beginning. One pass, unless a guess from
 * the first megabyte proves wrong further on (not UTF-8 after all, another number format): then the source is read
 * again. Throws TabpodError for what cannot be read as a table, the reason of `signal` when that aborts.
 *
 * The first row is the header. Rows without any character are skipped, rows that have not as many cells as the header
 * are left out and counted.
 */
export async function profileDataset(source: ByteSource, options: ReadOptions = {}): Promise<Profile> {
  const head = await readHead(source, Math.min(HEAD, options.sampleBytes ?? HEAD), options.signal);
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
    if (holdsIn(table, format)) return assemble(source, result, settings);
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

function assemble({ name, size }: ByteSource, { table, bytes, sha256 }: PassResult, settings: PassSettings): Profile {
  const { header, rows, ragged } = table;
  if (header === undefined) throw new TabpodError('data/empty', { name });
  if (rows === 0) throw emptyTable(name, header.length, ragged);
  const { names, findings } = uniqueNames(header);
  const columns = table.facts(names, settings.reader);
  const dialect = dialectOf(columns, settings);
  const exact = sha256 !== undefined;
  const decisions = {
    missing: new Set(dialect.missing),
    reader: settings.reader,
    topLimit: Math.max(TOP_FEWEST, Math.min(TOP_MOST, Math.floor(TOP_TOTAL / header.length))),
  };
  return {
    version: 1,
    name,
    format: settings.delimiter === '\t' ? 'tsv' : 'csv',
    ...(sha256 === undefined ? size !== undefined && { bytes: size } : { bytes, sha256 }),
    dialect,
    rows,
    exact,
    columns: columns.map((column) => describeColumn(column, decisions)),
    findings: [
      ...findings,
      ...tableFindings({ name, rows, exact, dialect, header, bytes, ragged, reader: settings.reader }),
    ],
  };
}

function emptyTable(name: string, columns: number, ragged: PassResult['table']['ragged']): TabpodError {
  if (ragged.count === 0) return new TabpodError('data/no-rows', { name });
  return new TabpodError('data/all-ragged', { name, columns, cells: ragged.cells });
}

function dialectOf(columns: readonly ColumnFacts[], { delimiter, quote, encoding, reader }: PassSettings): Dialect {
  const missing = missingTokens(columns.map(evidenceOf));
  return { delimiter, quote, encoding, ...reader.format, missing };
}
