import { createHash } from 'node:crypto';
import type { ByteSource } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';
import { type ColumnFacts, describeColumn, evidenceOf } from '../core/profile/describe.ts';
import { missingTokens } from '../core/profile/missing.ts';
import { uniqueNames } from '../core/profile/names.ts';
import type { Dialect, Profile } from '../core/profile/schema.ts';
import { tableFindings } from '../core/profile/table-findings.ts';
import { containerOf } from './content.ts';
import { headOf, readDelimited } from './delimited.ts';
import { PLAIN } from './guess.ts';
import type { Head, PassSettings, ReadOptions } from './pass.ts';
import { orDamaged, type RandomSource, randomSource } from './random.ts';
import type { Table } from './table.ts';

/** Values listed under `top` in the whole profile; the most and the fewest that a column may list. */
const TOP_TOTAL = 200_000;
const TOP_MOST = 1000;
const TOP_FEWEST = 20;

/** How the cells of Parquet and XLSX are written once they are texts. */
const AS_TEXT: PassSettings = { delimiter: ',', quote: '"', encoding: 'utf-8', reader: PLAIN };

/** A table as it was read, whatever it lies in. */
interface Reading extends Pick<Profile, 'format' | 'compression' | 'sheet'> {
  readonly table: Table;
  readonly settings: PassSettings;
  /** Whether the whole table was read. */
  readonly whole: boolean;
  /** Bytes that were read; the size of the file when all of it was. */
  readonly bytes: number;
  /** SHA-256 of the whole file. */
  readonly sha256: string | undefined;
}

/**
 * Profiles a dataset: delimited text, plain or packed by gzip, zstd or zip; Parquet; the first sheet of an XLSX workbook.
 * Its bytes tell which, not its name. Streaming: memory does not grow with its size, but for the texts of a workbook and
 * for what is packed in a way that needs random access where the source offers none (256 MiB at most).
 *
 * Read whole (the default) the profile is exact and names the SHA-256 of the bytes as they lie on disk; with
 * `sampleBytes` it describes the beginning. Throws TabpodError for what cannot be read as a table, the reason of
 * `signal` when that aborts.
 *
 * The first row is the header. Rows without any character are skipped, rows that have not as many cells as the header
 * are left out and counted.
 */
export async function profileDataset(source: ByteSource, options: ReadOptions = {}): Promise<Profile> {
  const head = await headOf(source, options);
  const reading = await read(source, head, options);
  // A packed file is hashed apart: its readers do not see all of its bytes, and not in their order.
  if (!reading.whole || reading.sha256 !== undefined) return assemble(source, reading);
  return assemble(source, { ...reading, ...(await fingerprint(source, options)) });
}

async function read(source: ByteSource, head: Head, options: ReadOptions): Promise<Reading> {
  const container = containerOf(head.bytes);
  switch (container) {
    case undefined:
      return await delimited(source, head, options, null);
    case 'gzip':
    case 'zstd': {
      const { unpackedSource } = await import('./unpack.ts');
      const unpacked = unpackedSource(source, container, options.onProgress);
      return await packed(unpacked, options, container);
    }
    case 'zip':
      return await zipped(await randomSource(source, options.signal), options);
    case 'parquet': {
      const { readParquet } = await import('./parquet.ts');
      const file = await randomSource(source, options.signal);
      const result = await orDamaged(source.name, 'Parquet', () => readParquet(file, options));
      return { ...result, format: 'parquet', compression: null, settings: AS_TEXT, sha256: undefined };
    }
  }
}

async function delimited(
  source: ByteSource,
  head: Head,
  options: ReadOptions,
  compression: Profile['compression'],
): Promise<Reading> {
  const { table, settings, bytes, sha256 } = await readDelimited(source, head, options);
  const format = settings.delimiter === '\t' ? 'tsv' : 'csv';
  return { table, settings, format, compression, bytes, whole: sha256 !== undefined, sha256 };
}

/** What was packed tells its own progress; its hash is not that of the file. */
async function packed(
  unpacked: ByteSource,
  { onProgress: _, ...options }: ReadOptions,
  compression: Exclude<Profile['compression'], null>,
): Promise<Reading> {
  const reading = await delimited(unpacked, await headOf(unpacked, options), options, compression);
  return { ...reading, sha256: undefined };
}

async function zipped(source: RandomSource, options: ReadOptions): Promise<Reading> {
  const { name } = source;
  const { openZip } = await import('./zip.ts');
  const { isWorkbook, onlyMember } = await import('./zip-table.ts');
  const zip = await orDamaged(name, 'zip', () => openZip(source, options.signal));
  if (!isWorkbook(zip)) return await packed(onlyMember(source, zip, options.onProgress), options, 'zip');
  const { readWorkbook } = await import('./workbook.ts');
  const result = await orDamaged(name, 'XLSX', () => readWorkbook(name, zip, options));
  return { ...result, format: 'xlsx', compression: null, settings: AS_TEXT, sha256: undefined };
}

async function fingerprint(
  source: ByteSource,
  { signal, onProgress }: ReadOptions,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of source.open(undefined, signal)) {
    signal?.throwIfAborted();
    hash.update(part);
    bytes += part.length;
    onProgress?.(bytes, source.size);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function assemble({ name, size }: ByteSource, reading: Reading): Profile {
  const { table, settings, format, compression, sheet, bytes, whole: exact, sha256 } = reading;
  const { header, rows, ragged } = table;
  if (header === undefined) throw new TabpodError('data/empty', { name });
  if (rows === 0) throw emptyTable(name, header.length, ragged);
  const { names, findings } = uniqueNames(header);
  const columns = table.facts(names, settings.reader);
  const dialect = dialectOf(columns, settings);
  const decisions = {
    missing: new Set(dialect.missing),
    reader: settings.reader,
    topLimit: Math.max(TOP_FEWEST, Math.min(TOP_MOST, Math.floor(TOP_TOTAL / header.length))),
  };
  return {
    version: 1,
    name,
    format,
    compression,
    ...(sheet !== undefined && { sheet }),
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

function emptyTable(name: string, columns: number, ragged: Table['ragged']): TabpodError {
  if (ragged.count === 0) return new TabpodError('data/no-rows', { name });
  return new TabpodError('data/all-ragged', { name, columns, cells: ragged.cells });
}

function dialectOf(columns: readonly ColumnFacts[], { delimiter, quote, encoding, reader }: PassSettings): Dialect {
  const missing = missingTokens(columns.map(evidenceOf));
  return { delimiter, quote, encoding, ...reader.format, missing };
}
