import { posix } from 'node:path';
import { TabpodError } from '../core/error.ts';
import { builtInKind, kindOfFormat, type NumberKind } from './excel-dates.ts';
import { PLAIN } from './guess.ts';
import type { ReadOptions } from './pass.ts';
import { type Book, SheetReader } from './sheet.ts';
import { Table } from './table.ts';
import { counted } from './unpack.ts';
import { attributeOf, readXml } from './xml.ts';
import type { Zip } from './zip.ts';

/** Most bytes, unpacked, of the parts of a workbook that are kept in memory. */
const LARGEST_STRINGS = 512 * 2 ** 20;
const LARGEST_PART = 32 * 2 ** 20;

/** What was read of a workbook. */
export interface SheetTable {
  readonly table: Table;
  readonly sheet: string;
  readonly whole: boolean;
  /** Packed bytes of the sheet that were read. */
  readonly bytes: number;
}

/**
 * Reads the first sheet of a workbook, row by row; its texts, which Excel stores apart, are kept in memory. With
 * `sampleBytes` it reads as many unpacked bytes of the sheet, and one row at least. Throws TabpodError for a workbook
 * without a sheet of cells, whatever the zip and XML readers throw at bytes they make no sense of.
 */
export async function readWorkbook(name: string, zip: Zip, options: ReadOptions): Promise<SheetTable> {
  const parts = new Parts(name, zip, options.signal);
  const { sheets, system1904 } = await readIndex(parts);
  const first = await firstSheet(sheets, parts);
  if (first === undefined) throw new TabpodError('data/no-sheet', { name });
  const book: Book = { system1904, kinds: await readKinds(parts), strings: await readStrings(parts) };
  const table = new Table(name, PLAIN);
  const limit = options.sampleBytes ?? Number.POSITIVE_INFINITY;
  let bytes = 0;
  let unpacked = 0;
  let whole = true;
  const content = zip.open(first.path, options.signal, (read, total) => {
    bytes = read;
    options.onProgress?.(read, total);
  });
  const measured = counted(content, (length) => {
    unpacked += length;
  });
  await readXml(measured, new SheetReader(book, (row) => table.add(row)), () => {
    whole = unpacked <= limit || table.rows === 0;
    return whole;
  });
  table.flush();
  return { table, sheet: first.name, whole, bytes };
}

/** The small parts of a workbook. */
class Parts {
  private readonly name: string;
  private readonly zip: Zip;
  private readonly signal: AbortSignal | undefined;

  constructor(name: string, zip: Zip, signal: AbortSignal | undefined) {
    this.name = name;
    this.zip = zip;
    this.signal = signal;
  }

  /** Reads a part, if there is one. Throws TabpodError when it is too large to be kept. */
  async read(path: string, largest: number, handler: Parameters<typeof readXml>[1]): Promise<void> {
    const size = this.zip.sizeOf(path);
    if (size === undefined) return;
    if (size > largest) throw new TabpodError('data/workbook-large', { name: this.name, limit: largest / 2 ** 20 });
    await readXml(this.zip.open(path, this.signal), handler);
  }
}

interface SheetName {
  readonly name: string;
  /** Names its path in the relationships. */
  readonly id: string;
}

async function readIndex(parts: Parts): Promise<{ sheets: readonly SheetName[]; system1904: boolean }> {
  const sheets: SheetName[] = [];
  let system1904 = false;
  await parts.read('xl/workbook.xml', LARGEST_PART, {
    open: (tag, attributes) => {
      if (tag === 'workbookPr') system1904 = ['1', 'true'].includes(attributes.date1904 ?? '');
      if (tag !== 'sheet') return;
      sheets.push({ name: attributes.name ?? '', id: attributeOf(attributes, 'id') ?? '' });
    },
  });
  return { sheets, system1904 };
}

/** The first sheet that holds cells and no chart alone. */
async function firstSheet(
  sheets: readonly SheetName[],
  parts: Parts,
): Promise<{ name: string; path: string } | undefined> {
  const paths = new Map<string, string>();
  await parts.read('xl/_rels/workbook.xml.rels', LARGEST_PART, {
    open: (tag, { Id: id, Type: type = '', Target: target }) => {
      if (tag !== 'Relationship' || id === undefined || target === undefined || !type.endsWith('/worksheet')) return;
      paths.set(id, target.startsWith('/') ? target.slice(1) : posix.join('xl', target));
    },
  });
  for (const { name, id } of sheets) {
    const path = paths.get(id);
    if (path !== undefined) return { name, path };
  }
  return undefined;
}

/** What each cell style makes of a number. */
async function readKinds(parts: Parts): Promise<readonly NumberKind[]> {
  const kinds: NumberKind[] = [];
  const custom = new Map<number, NumberKind>();
  let inside = false;
  await parts.read('xl/styles.xml', LARGEST_PART, {
    open: (tag, attributes) => {
      const id = Number(attributes.numFmtId ?? 0);
      if (tag === 'numFmt') custom.set(id, kindOfFormat(attributes.formatCode ?? ''));
      if (tag === 'cellXfs') inside = true;
      if (tag === 'xf' && inside) kinds.push(custom.get(id) ?? builtInKind(id));
    },
    close: (tag) => {
      if (tag === 'cellXfs') inside = false;
    },
  });
  return kinds;
}

/** The texts of all sheets; of one with reading aids the text itself. */
async function readStrings(parts: Parts): Promise<readonly string[]> {
  const strings: string[] = [];
  let text = '';
  let captures = false;
  let aid = false;
  await parts.read('xl/sharedStrings.xml', LARGEST_STRINGS, {
    open: (tag) => {
      if (tag === 'si') text = '';
      if (tag === 'rPh') aid = true;
      captures = tag === 't' && !aid;
    },
    text: (piece) => {
      if (captures) text += piece;
    },
    close: (tag) => {
      captures = false;
      if (tag === 'rPh') aid = false;
      if (tag === 'si') strings.push(text);
    },
  });
  return strings;
}
