import {
  type ColumnChunk,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  type SchemaElement,
} from 'hyparquet';
import { bytesOf } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';
import { BombGuard } from './bomb.ts';
import { ByteWindow } from './byte-window.ts';
import { PLAIN } from './guess.ts';
import { cellsOf } from './parquet-pages.ts';
import type { ReadOptions } from './pass.ts';
import { Damaged, type RandomSource, readPart } from './random.ts';
import { Table } from './table.ts';

/** Length of what follows the metadata: their length in four bytes, and the mark. */
const FOOTER = 8;
/** Most bytes that metadata may take: enough for tens of thousands of columns in hundreds of row groups. */
const LARGEST_METADATA = 256 * 2 ** 20;
/** Row groups up to this many bytes are read at once: over a network, one request for all columns. */
const AT_ONCE = 32 * 2 ** 20;
/** Old writers forgot some bytes of a header when they noted how long a column is. */
const FORGOTTEN = 100;

/** What was read of a file. */
export interface ParquetTable {
  readonly table: Table;
  readonly whole: boolean;
  /** Packed bytes that were read. */
  readonly bytes: number;
}

/**
 * Reads a Parquet file page by page, one column of a row group after the other: memory holds a page and what the
 * columns count. With `sampleBytes` it reads about as many of its first bytes, the first rows of a group that is larger.
 * Throws TabpodError for nested columns, whatever the Parquet reader throws at bytes it makes no sense of.
 */
export async function readParquet(source: RandomSource, options: ReadOptions): Promise<ParquetTable> {
  const metadata = await readMetadata(source, options.signal);
  const elements = flatColumns(source.name, metadata);
  const table = new Table(source.name, PLAIN);
  if (elements.length > 0) table.add(elements.map(({ name }) => name));
  const limit = options.sampleBytes ?? Number.POSITIVE_INFINITY;
  const reader = new GroupReader(source, elements, options);
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    const left = limit - reader.bytes;
    if (left <= 0 && table.rows > 0) return { table, whole: false, bytes: reader.bytes };
    const size = group.columns.reduce((sum, column) => sum + Number(metaOf(column).total_compressed_size), 0);
    const wanted = size <= left ? rows : Math.max(1, Math.floor((rows * Math.max(left, 1)) / size));
    await reader.read(group.columns, { rows: wanted, of: rows }, table);
    table.rows += wanted;
    if (wanted < rows) return { table, whole: false, bytes: reader.bytes };
  }
  return { table, whole: true, bytes: reader.bytes };
}

async function readMetadata(source: RandomSource, signal: AbortSignal | undefined): Promise<FileMetaData> {
  const { size, name } = source;
  const footer = Buffer.from(await readPart(source, size - FOOTER, size, signal));
  const mark = footer.toString('latin1', 4);
  if (mark === 'PARE') throw new TabpodError('data/encrypted', { name });
  if (mark !== 'PAR1') throw new Damaged('its end is missing');
  const length = footer.readUInt32LE(0);
  if (length > LARGEST_METADATA) throw new Damaged('its metadata are too large');
  const bytes = await readPart(source, size - FOOTER - length, size, signal);
  return parquetMetadata(bytes, { geoparquet: false });
}

/** The columns of a file without nested ones. */
function flatColumns(name: string, { schema }: FileMetaData): readonly SchemaElement[] {
  const [, ...elements] = schema;
  const nested = elements.find(({ type, repetition_type: repetition }) => !type || repetition === 'REPEATED');
  if (nested) throw new TabpodError('data/nested-column', { name, column: nested.name });
  return elements;
}

function metaOf(column: ColumnChunk): ColumnMetaData {
  const { meta_data: meta, file_path: elsewhere } = column;
  if (meta === undefined || elsewhere !== undefined) throw new Damaged('a column is not in it, or is encrypted');
  return meta;
}

/** Where the pages of a column chunk lie. */
function extentOf(meta: ColumnMetaData): { start: number; end: number } {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  return { start, end: start + Number(meta.total_compressed_size) };
}

class GroupReader {
  /** Packed bytes read so far. */
  bytes = 0;
  private readonly source: RandomSource;
  private readonly elements: readonly SchemaElement[];
  private readonly options: ReadOptions;
  private readonly bomb: BombGuard;

  constructor(source: RandomSource, elements: readonly SchemaElement[], options: ReadOptions) {
    this.source = source;
    this.elements = elements;
    this.options = options;
    this.bomb = new BombGuard(source.name);
  }

  /** Adds the first cells of each column of a group to the table: `rows`, of as many as there are. */
  async read(columns: readonly ColumnChunk[], share: { rows: number; of: number }, table: Table): Promise<void> {
    if (columns.length !== this.elements.length) throw new Damaged('a row group lacks columns');
    const metas = columns.map(metaOf);
    const start = Math.min(...metas.map((meta) => extentOf(meta).start));
    const end = Math.min(this.source.size, Math.max(...metas.map((meta) => extentOf(meta).end)) + FORGOTTEN);
    const open = end - start <= AT_ONCE ? await this.atOnce(start, end) : this.piecewise;
    const { size } = this.source;
    for (const [index, element] of this.elements.entries()) {
      const meta = metas[index];
      if (meta === undefined) continue;
      const extent = extentOf(meta);
      const window = open(extent.start, Math.min(end, extent.end + FORGOTTEN));
      try {
        for await (const cells of cellsOf(window, element, meta, share, (bytes) => this.bomb.add(bytes, size))) {
          this.options.signal?.throwIfAborted();
          table.addCells(index, cells);
        }
      } finally {
        await window.close();
      }
    }
  }

  private async atOnce(from: number, to: number): Promise<(start: number, end: number) => ByteWindow> {
    const group = bytesOf(this.source.name, await readPart(this.source, from, to, this.options.signal));
    this.count(to - from);
    return (start, end) => new ByteWindow(group.open({ start: start - from, end: end - from }), () => undefined);
  }

  private readonly piecewise = (start: number, end: number): ByteWindow => {
    if (!(start >= 0 && start <= end)) throw new Damaged('it points beyond its own end');
    return new ByteWindow(this.source.open({ start, end }, this.options.signal), (read) => this.count(read));
  };

  private count(bytes: number): void {
    this.bytes += bytes;
    this.options.onProgress?.(Math.min(this.bytes, this.source.size), this.source.size);
  }
}
