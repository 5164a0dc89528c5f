import { TabpodError } from '../core/error.ts';
import { asBuffer, decoderFor, type Encoding, NotInEncoding } from './decode.ts';

interface Kind {
  readonly what: string;
  readonly wayOut: string;
}

const UNPACK = 'Unpack it first.';
const EXPORT = 'Export the table as CSV first.';
const CONVERT = 'Convert it to Parquet or CSV first.';
const RESAVE = 'Save it as .xlsx without a password first.';
const OTHER = 'Choose the table itself.';

/** What a table lies in, other than plain text. A zip may be a workbook. */
export type Container = 'gzip' | 'zstd' | 'zip' | 'parquet';

/** First bytes, as Latin-1. The second kind of zip is empty. */
const CONTAINERS: readonly (readonly [magic: string, container: Container])[] = [
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['PAR1', 'parquet'],
];

/** First bytes, as Latin-1, of what gets renamed to .csv. */
const MAGIC: readonly (Kind & { readonly magic: string })[] = [
  { magic: '\xd0\xcf\x11\xe0', what: 'an old or password-protected Excel file', wayOut: RESAVE },
  { magic: 'PARE', what: 'an encrypted Parquet file', wayOut: 'Write it without encryption.' },
  { magic: 'ARROW1', what: 'an Arrow file', wayOut: CONVERT },
  { magic: 'FEA1', what: 'a Feather file', wayOut: CONVERT },
  { magic: 'Obj\x01', what: 'an Avro file', wayOut: CONVERT },
  { magic: 'BZh', what: 'a bzip2 archive', wayOut: UNPACK },
  { magic: '\xfd7zXZ', what: 'an xz archive', wayOut: UNPACK },
  { magic: '7z\xbc\xaf', what: 'a 7-Zip archive', wayOut: UNPACK },
  { magic: 'Rar!', what: 'a RAR archive', wayOut: UNPACK },
  { magic: 'SQLite format 3', what: 'an SQLite database', wayOut: EXPORT },
  { magic: '\x89HDF', what: 'an HDF5 file', wayOut: CONVERT },
  { magic: '\x93NUMPY', what: 'a NumPy array', wayOut: CONVERT },
  { magic: '%PDF-', what: 'a PDF document', wayOut: EXPORT },
  { magic: '\x89PNG', what: 'a PNG picture', wayOut: OTHER },
  { magic: '\xff\xd8\xff', what: 'a JPEG picture', wayOut: OTHER },
  { magic: 'GIF8', what: 'a GIF picture', wayOut: OTHER },
  { magic: '\x7fELF', what: 'a program', wayOut: OTHER },
];

const UTF8_MARK = Buffer.from('\ufeff');
const BINARY: Kind = { what: 'binary data', wayOut: OTHER };
/** Share of control characters that no text has. */
const CONTROL_SHARE = 0.05;
/** Share of NUL bytes at even or odd places that tells UTF-16 of a western text. */
const UTF16_SHARE = 0.4;

export function binaryError(name: string, { what, wayOut }: Kind = BINARY): TabpodError {
  return new TabpodError('data/binary', { name, what, wayOut });
}

/** What the first bytes of a file say it is; `undefined` for text, and for everything else. */
export function containerOf(head: Uint8Array): Container | undefined {
  const start = asBuffer(head).toString('latin1', 0, 4);
  return CONTAINERS.find(([magic]) => start.startsWith(magic))?.[1];
}

/**
 * The encoding of a text, from its first bytes: by its byte order mark, by the NUL bytes of UTF-16, UTF-8 when valid,
 * else Windows-1252. Throws TabpodError for nothing, for binary data and for a web page.
 */
export function detectEncoding(name: string, head: Uint8Array): Encoding {
  if (head.length === 0) throw new TabpodError('data/empty', { name });
  const bytes = asBuffer(head);
  const start = bytes.toString('latin1', 0, 16);
  const known = MAGIC.find(({ magic }) => start.startsWith(magic));
  if (known) throw binaryError(name, known);
  const container = containerOf(head);
  if (container) throw binaryError(name, { what: `a ${container} file inside another`, wayOut: UNPACK });
  const encoding = hasUtf8Mark(bytes) ? 'utf-8' : (byMark(name, start) ?? byNuls(name, bytes) ?? byValidity(bytes));
  if (!encoding.startsWith('utf-16') && hasControls(bytes)) throw binaryError(name);
  checkText(name, textOf(name, bytes, encoding));
  return encoding;
}

/** Whether a text says of itself that it is UTF-8. */
export function hasUtf8Mark(head: Uint8Array): boolean {
  return asBuffer(head).subarray(0, 3).equals(UTF8_MARK);
}

function byMark(name: string, start: string): Encoding | undefined {
  if (start.startsWith('\xff\xfe\0\0') || start.startsWith('\0\0\xfe\xff'))
    throw new TabpodError('data/encoding', { name });
  if (start.startsWith('\xff\xfe')) return 'utf-16le';
  return start.startsWith('\xfe\xff') ? 'utf-16be' : undefined;
}

function byNuls(name: string, bytes: Buffer): Encoding | undefined {
  if (!bytes.includes(0)) return undefined;
  const nuls = [0, 0];
  bytes.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nuls.map((count) => count / (bytes.length / 2));
  if (odd > UTF16_SHARE && even < odd / 10) return 'utf-16le';
  if (even > UTF16_SHARE && odd < even / 10) return 'utf-16be';
  throw binaryError(name);
}

function byValidity(bytes: Buffer): Encoding {
  try {
    decoderFor('utf-8').decode(bytes, false);
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function textOf(name: string, bytes: Buffer, encoding: Encoding): string {
  try {
    return decoderFor(encoding).decode(bytes, false);
  } catch (error) {
    if (error instanceof NotInEncoding) throw new TabpodError('data/encoding', { name }, { cause: error });
    throw error;
  }
}

function checkText(name: string, text: string): void {
  if (text.trim() === '') throw new TabpodError('data/empty', { name });
  if (/^\s*(?:<!doctype html|<html)\b/i.test(text)) throw new TabpodError('data/html', { name });
}

/** Whether there are more control characters than any text has; line ends, tab, form feed and escape are none. */
function hasControls(bytes: Buffer): boolean {
  const controls = bytes.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
  return controls.length > CONTROL_SHARE * bytes.length;
}
