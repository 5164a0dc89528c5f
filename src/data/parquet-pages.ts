import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { type ColumnMetaData, type Compressors, type SchemaElement, snappyUncompress } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
import type { ByteWindow } from './byte-window.ts';
import { checkRuns, unpackPage } from './parquet-runs.ts';
import { cellWriter, type Physical } from './parquet-values.ts';
import { Damaged } from './random.ts';

/** Most values in a page, which is decoded at once; writers make pages of thousands. */
const MOST_IN_PAGE = 2 ** 25;
/** A cell takes at least two bytes where tables are text: as many are counted against bombs. */
const CELL_BYTES = 2;
/** Bytes within which the header of a page is looked for, at first and at most: it may hold the longest value. */
const HEADER = 64 * 1024;
const LONGEST_HEADER = 16 * 2 ** 20;

/** Native ones where Node has them; each is told how many bytes must come out. */
const UNPACKERS: Compressors = {
  SNAPPY: (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** Unpacks pages; those without a value unpack to nothing, which not every decoder understands. */
function unpackerOf(codec: ColumnMetaData['codec']): ((input: Uint8Array, length: number) => Uint8Array) | undefined {
  if (codec === 'UNCOMPRESSED') return undefined;
  const unpack = UNPACKERS[codec];
  if (unpack === undefined) throw new Damaged(`it is packed with ${codec}, which Tabpod cannot unpack`);
  return (input, length) => (length === 0 ? new Uint8Array(0) : unpack(input, length));
}

type Header = ReturnType<typeof parquetHeader>;

/** The first `rows` cells, of as many as there are, of a column chunk that begins where the window stands, page by page. */
export async function* cellsOf(
  window: ByteWindow,
  element: SchemaElement,
  meta: ColumnMetaData,
  { rows, of }: { readonly rows: number; readonly of: number },
  guard: (unpacked: number) => void,
): AsyncGenerator<readonly string[]> {
  const decoder = decoderOf(element, meta);
  const unpack = unpackerOf(meta.codec);
  const write = cellWriter(element);
  let dictionary: string[] | undefined;
  for (let left = rows; left > 0; ) {
    const packed = await nextHeader(window);
    guard(unpackedSize(packed, of));
    const page = unpackPage(packed, await window.take(packed.compressed_page_size), unpack);
    checkRuns(page, element);
    const { header, bytes } = page;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { data = [] } = readPage({ view, offset: 0 }, header, decoder, dictionary, undefined, 0);
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = Array.from<Physical, string>(convert(data, decoder), write);
      continue;
    }
    // What a dictionary-encoded page holds are cells already.
    const values: Iterable<Physical | string> = data;
    const cells = Array.from(values, (value) => (typeof value === 'string' ? value : write(value)));
    yield cells.length > left ? cells.slice(0, left) : cells;
    left -= cells.length;
  }
}

/** The element without its meaning: what a value means is for `cellWriter`, which loses no digit. */
function decoderOf(element: SchemaElement, { path_in_schema: path, type }: ColumnMetaData) {
  const { type_length, repetition_type, name } = element;
  const bare = { ...{ name, type }, ...(type_length && { type_length }), ...(repetition_type && { repetition_type }) };
  const leaf = { children: [], count: 1, element: bare, path };
  const root = { children: [leaf], count: 2, element: { name: 'root' }, path: [] };
  const parsers = { ...DEFAULT_PARSERS, timestampFromNanoseconds: (nanos: bigint) => nanos };
  return {
    pathInSchema: path,
    type,
    element: bare,
    schemaPath: [root, leaf],
    // Pages are unpacked before they are read.
    codec: 'UNCOMPRESSED' as const,
    parsers,
    utf8: false,
  };
}

async function nextHeader(window: ByteWindow): Promise<Header> {
  for (let wanted = HEADER; ; wanted *= 8) {
    const bytes = await window.look(wanted);
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    try {
      const header = parquetHeader(reader);
      await window.take(reader.offset);
      return header;
    } catch (error) {
      if (bytes.length < wanted || wanted > LONGEST_HEADER) throw error;
    }
  }
}

/** Bytes that a page takes when unpacked, at least. Throws Damaged for more values than the column or the page can hold. */
function unpackedSize(header: Header, rows: number): number {
  const { uncompressed_page_size: size, data_page_header, data_page_header_v2, dictionary_page_header } = header;
  const values = (data_page_header ?? data_page_header_v2 ?? dictionary_page_header)?.num_values ?? 0;
  const most = Math.min(MOST_IN_PAGE, dictionary_page_header ? size : rows);
  if (!(size >= 0 && values >= 0 && values <= most)) throw new Damaged('the header of a page makes no sense');
  return Math.max(size, CELL_BYTES * values);
}
