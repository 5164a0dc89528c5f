import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import type { ColumnMetaData, Compressors, SchemaElement } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
import type { ByteWindow } from './byte-window.ts';
import { cellWriter, type Physical } from './parquet-values.ts';
import { Damaged } from './random.ts';

/** Most values in a page, which is decoded at once; writers make pages of thousands. */
const MOST_IN_PAGE = 2 ** 25;
/** A cell takes at least two bytes where tables are text: as many are counted against bombs. */
const CELL_BYTES = 2;
/** Bytes within which the header of a page is looked for, at first and at most: it may hold the longest value. */
const HEADER = 64 * 1024;
const LONGEST_HEADER = 16 * 2 ** 20;

type Unpack = (input: Uint8Array, length: number) => Uint8Array;

/** Pages without a value unpack to nothing, which not every decoder understands. */
const unlessEmpty =
  (unpack: Unpack): Unpack =>
  (input, length) =>
    length === 0 ? new Uint8Array(0) : unpack(input, length);

/** Native ones where Node has them; each is told how many bytes must come out. Snappy is the Parquet reader's own. */
const COMPRESSORS: Compressors = {
  GZIP: unlessEmpty((input, length) => gunzipSync(input, { maxOutputLength: length })),
  BROTLI: unlessEmpty((input, length) => brotliDecompressSync(input, { maxOutputLength: length })),
  ZSTD: unlessEmpty((input, length) => unzstd(input, new Uint8Array(length))),
  LZ4: unlessEmpty(decompressLz4),
  LZ4_RAW: unlessEmpty(decompressLz4Raw),
};

type Header = ReturnType<typeof parquetHeader>;

/** The first `rows` cells of a column chunk that begins where the window stands, page by page. */
export async function* cellsOf(
  window: ByteWindow,
  element: SchemaElement,
  meta: ColumnMetaData,
  rows: number,
  guard: (unpacked: number) => void,
): AsyncGenerator<readonly string[]> {
  const decoder = decoderOf(element, meta);
  const write = cellWriter(element);
  let dictionary: string[] | undefined;
  for (let left = rows; left > 0; ) {
    const header = await nextHeader(window);
    guard(unpackedSize(header));
    const bytes = await window.take(header.compressed_page_size);
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
function decoderOf(element: SchemaElement, { path_in_schema: path, type, codec }: ColumnMetaData) {
  const { type_length, repetition_type, name } = element;
  const bare = { ...{ name, type }, ...(type_length && { type_length }), ...(repetition_type && { repetition_type }) };
  const leaf = { children: [], count: 1, element: bare, path };
  const root = { children: [leaf], count: 2, element: { name: 'root' }, path: [] };
  const parsers = { ...DEFAULT_PARSERS, timestampFromNanoseconds: (nanos: bigint) => nanos };
  const compressors = COMPRESSORS;
  return {
    pathInSchema: path,
    type,
    element: bare,
    schemaPath: [root, leaf],
    codec,
    parsers,
    compressors,
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

/** Bytes that a page takes when unpacked, at least. */
function unpackedSize(header: Header): number {
  const { uncompressed_page_size: size, data_page_header, data_page_header_v2, dictionary_page_header } = header;
  const values = (data_page_header ?? data_page_header_v2 ?? dictionary_page_header)?.num_values ?? 0;
  if (!(size >= 0 && values >= 0 && values <= MOST_IN_PAGE)) throw new Damaged('the header of a page makes no sense');
  return Math.max(size, CELL_BYTES * values);
}
