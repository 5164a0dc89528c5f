import type { Compression, Format, Profile } from './schema.ts';

const PACKED: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst', zip: '.zip' };

const NAMES: Readonly<Record<Format, string>> = { csv: 'CSV', tsv: 'TSV', parquet: 'Parquet', xlsx: 'XLSX' };

/** The ending of a file that holds what was profiled, whatever its own name is: `csv`, `tsv.gz`, `parquet`. */
export function extensionOf({ format, compression }: Pick<Profile, 'format' | 'compression'>): string {
  return compression === null ? format : `${format}${PACKED[compression]}`;
}

/** What was read, for people: `CSV`, `TSV in gzip`, `XLSX, sheet “Sales”`. */
export function formatName({ format, compression, sheet }: Pick<Profile, 'format' | 'compression' | 'sheet'>): string {
  if (compression !== null) return `${NAMES[format]} in ${compression}`;
  return sheet === undefined ? NAMES[format] : `${NAMES[format]}, sheet “${sheet}”`;
}

/** Endings of files that Tabpod reads, without a dot before; the double ones as the last of a name tells too little. */
export const TABLE_ENDINGS: readonly string[] = [
  'csv',
  'tsv',
  'parquet',
  'xlsx',
  ...['csv', 'tsv'].flatMap((format) => Object.values(PACKED).map((packed) => `${format}${packed}`)),
];

const TABLE_NAME = new RegExp(`\\.(?:${TABLE_ENDINGS.map((ending) => ending.replaceAll('.', '\\.')).join('|')})$`, 'i');

/** Whether a file's name says that it is a table. What it really is, its bytes tell. */
export function isTableName(name: string): boolean {
  return TABLE_NAME.test(name);
}

/** A table's name without its ending, be that double: `sales.csv.gz` → `sales`. */
export function tableStem(name: string): string {
  const stem = name.replace(TABLE_NAME, '');
  return stem === name ? name.replace(/(?<=.)\.[^.]*$/, '') : stem;
}
