import type { SchemaElement } from 'hyparquet';
import type { parquetHeader } from 'hyparquet/src/column.js';
import { Damaged } from './random.ts';

type Header = ReturnType<typeof parquetHeader>;
type Unpack = (input: Uint8Array, length: number) => Uint8Array;

/** What writers may put behind the last value of a run that is packed in groups of eight. */
const PADDING = 512;
const WIDEST = 32;

/** A page whose bytes are not packed any more, and a header that says so. */
export interface Page {
  readonly header: Header;
  readonly bytes: Uint8Array;
}

/** Unpacks a page; the levels at the beginning of one of version 2 never are packed. */
export function unpackPage(header: Header, packed: Uint8Array, unpack: Unpack | undefined): Page {
  const { uncompressed_page_size: size, data_page_header_v2: second } = header;
  if (unpack === undefined || second?.is_compressed === false) return { header, bytes: packed };
  const levels = second ? second.definition_levels_byte_length + second.repetition_levels_byte_length : 0;
  const values = unpack(packed.subarray(levels), size - levels);
  const bytes = levels === 0 ? values : Buffer.concat([packed.subarray(0, levels), values]);
  if (bytes.length !== size) throw new Damaged('a page has another size than its header says');
  const unpacked = second && { data_page_header_v2: { ...second, is_compressed: false } };
  return { header: { ...header, ...unpacked, compressed_page_size: size }, bytes };
}

/**
 * Checks that no run of a page repeats a value more often than the page has values: the Parquet reader would write as
 * many into memory. Throws Damaged.
 */
export function checkRuns({ header, bytes }: Page, { repetition_type: repetition, type }: SchemaElement): void {
  const page = header.data_page_header ?? header.data_page_header_v2;
  if (page === undefined) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const second = header.data_page_header_v2;
  const optional = repetition === 'OPTIONAL';
  let at = second ? second.definition_levels_byte_length + second.repetition_levels_byte_length : 0;
  if (optional && second) checkHybrid(view, { at: 0, end: at }, 1, page.num_values);
  if (optional && !second) at = checkCounted(view, at, page.num_values);
  if (page.encoding.endsWith('_DICTIONARY') && at < bytes.length) {
    checkHybrid(view, { at: at + 1, end: bytes.length }, view.getUint8(at), page.num_values);
  }
  if (page.encoding === 'RLE' && type === 'BOOLEAN' && at < bytes.length) {
    checkHybrid(view, { at: second ? at : at + 4, end: bytes.length }, 1, page.num_values);
  }
}

/** Runs of one bit whose length stands before them; returns where they end. */
function checkCounted(view: DataView, at: number, most: number): number {
  const end = at + 4 + view.getUint32(at, true);
  if (end > view.byteLength) throw new Damaged('a page ends too early');
  checkHybrid(view, { at: at + 4, end }, 1, most);
  return end;
}

/** Walks over runs, repeated and bit-packed ones, of values of `width` bits. */
function checkHybrid(view: DataView, { at, end }: { at: number; end: number }, width: number, most: number): void {
  if (width > WIDEST) throw new Damaged('a page holds numbers that are too wide');
  let seen = 0;
  let next = at;
  while (seen < most && next < end) {
    let header = 0;
    let byte = 0x80;
    for (let shift = 0; byte & 0x80 && next < end; shift += 7) {
      byte = view.getUint8(next++);
      header += (byte & 0x7f) * 2 ** shift;
    }
    const half = Math.floor(header / 2);
    const packed = header % 2 === 1;
    seen += packed ? 8 * half : half;
    next += packed ? half * width : Math.ceil(width / 8);
    if (seen > most + PADDING) throw new Damaged('a page holds more values than its header says');
  }
}
