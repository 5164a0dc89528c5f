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

/** Last endings of files that Tabpod reads, as file dialogs take them. What a file really is, its bytes tell. */
export const TABLE_ENDINGS: readonly string[] = ['csv', 'tsv', 'parquet', 'xlsx', 'gz', 'zst', 'zip'];

const TABLE_NAME = /(?:\.(?:csv|tsv|parquet|xlsx)|(?:\.[ct]sv)?\.(?:gz|zst|zip))$/i;

/** Whether a file may be a table by its name. */
export function isTableName(name: string): boolean {
  return TABLE_NAME.test(name);
}

/** A file's name without its ending, be that double: `sales.csv.gz` → `sales`. */
export function tableStem(name: string): string {
  const stem = name.replace(TABLE_NAME, '');
  return stem === name ? name.replace(/(?<=.)\.[^.]*$/, '') : stem;
}
