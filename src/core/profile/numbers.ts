import type { Dialect } from './schema.ts';

/** How numbers are written: decimal mark, and what stands between groups of three digits. */
export type NumberFormat = Pick<Dialect, 'decimal' | 'thousands'>;

/** All formats, simplest first. A set of them is a bit mask over the positions in this list. */
export const NUMBER_FORMATS: readonly NumberFormat[] = [
  { decimal: '.', thousands: null },
  { decimal: '.', thousands: ',' },
  { decimal: '.', thousands: ' ' },
  { decimal: '.', thousands: "'" },
  { decimal: ',', thousands: null },
  { decimal: ',', thousands: '.' },
  { decimal: ',', thousands: ' ' },
  { decimal: ',', thousands: "'" },
];
export const ALL_FORMATS = 2 ** NUMBER_FORMATS.length - 1;

function patternOf({ decimal, thousands }: NumberFormat): RegExp {
  const mark = `\\${decimal}`;
  const whole = thousands === null ? '\\d+' : `(?:\\d{1,3}(?:\\${thousands}\\d{3})+|\\d+)`;
  return new RegExp(`^[+-]?(?:${whole}(?:${mark}\\d*)?|${mark}\\d+)(?:[eE][+-]?\\d+)?$`);
}

const PATTERNS = NUMBER_FORMATS.map(patternOf);
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const INTEGER = /^[+-]?\d+$/;
/** Spaces that typography puts between groups of digits. */
const HARD_SPACE = /[\u00a0\u2009\u202f]/g;
/** A sign of money at one end of a number, or of percent at its end: what is counted, not how much. */
const SIGNED = /^(?:([+-]?)\p{Sc} ?(.*[^\p{Sc}%])|(.*[^ \p{Sc}%]) ?[\p{Sc}%])$/u;
const SIGN = /[\p{Sc}%]/u;

export function formatBit(format: NumberFormat): number {
  const index = NUMBER_FORMATS.findIndex(
    ({ decimal, thousands }) => decimal === format.decimal && thousands === format.thousands,
  );
  return 1 << index;
}

/** Whether a cell has neither a sign nor a hard space, as most have: told at a fraction of what a pattern costs. */
function isBare(text: string): boolean {
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    // $, %, and all from the hard space on.
    if (code === 36 || code === 37 || code >= 160) return false;
  }
  return true;
}

/** A cell without the sign of what it counts, and with plain spaces only. The generated scripts do the same. */
function bare(text: string): string {
  return isBare(text) ? text : text.replace(HARD_SPACE, ' ').replace(SIGNED, '$1$2$3');
}

/** The sign of money or percent in a cell that is a number; empty when it has none. */
export function signOf(text: string): string {
  return isBare(text) ? '' : (SIGN.exec(text)?.[0] ?? '');
}

/** The formats in which a stripped cell is a number, as a bit mask; 0 when it is none in any. */
export function formatsOf(cell: string): number {
  if (!mayBeNumber(cell)) return 0;
  const text = bare(cell);
  if (INTEGER.test(text) || INFINITE.test(text)) return ALL_FORMATS;
  return PATTERNS.reduce((mask, pattern, index) => (pattern.test(text) ? mask | (1 << index) : mask), 0);
}

/** A quick no for most text: a number starts with a digit, a sign, a mark, a sign of money, or the i of `inf`. */
function mayBeNumber(text: string): boolean {
  const code = text.charCodeAt(0);
  if (code <= 57) return code >= 48 || (code >= 43 && code <= 46) || code === 36;
  return code === 73 || code === 105 || (code >= 162 && SIGN.test(text.charAt(0)));
}

/** ±Infinity for `inf` and `infinity`, else NaN. */
function infiniteOf(text: string): number {
  if (!INFINITE.test(text)) return Number.NaN;
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

export interface NumberReader {
  readonly format: NumberFormat;
  /** Formats that read every number of this one, and read it the same. */
  readonly covers: number;
  /** The number a stripped cell means, ±Infinity for `inf`, NaN when it is no number. */
  parse(text: string): number;
  /** Whether a cell that parsed to a finite number has neither a fraction nor an exponent. */
  isInteger(text: string): boolean;
}

export function numberReader(format: NumberFormat): NumberReader {
  const bit = formatBit(format);
  const pattern = PATTERNS[Math.log2(bit)] ?? INFINITE;
  const { decimal, thousands } = format;
  const covers = NUMBER_FORMATS.filter((other) => other.decimal === decimal && thousands === null);
  const plain = (text: string) => (thousands === null ? text : text.replaceAll(thousands, ''));
  const value = (text: string) => Number(decimal === '.' ? plain(text) : plain(text).replace(',', '.'));
  const parse = (cell: string): number => {
    if (!mayBeNumber(cell)) return Number.NaN;
    if (pattern.test(cell)) return value(cell);
    const text = bare(cell);
    return text !== cell && pattern.test(text) ? value(text) : infiniteOf(text);
  };
  return {
    format,
    covers: covers.reduce((mask, other) => mask | formatBit(other), bit),
    parse,
    isInteger: (text) => !text.includes(decimal) && !/[eEiI]/.test(text),
  };
}

/**
 * The format in which most columns are numbers. `masks` holds for each column the formats that fit all of its cells.
 * Of equals the simplest wins; a lone `1,234` is a thousand where cells are separated by commas or tabs, and a
 * fraction where they are separated by semicolons, as decimal-comma locales write them.
 */
export function chooseNumberFormat(masks: readonly number[], delimiter: string): NumberFormat {
  const [plain, ...others] = NUMBER_FORMATS;
  const commaFirst = delimiter === ';';
  const rank = ({ decimal }: NumberFormat) => Number((decimal === ',') !== commaFirst);
  const ordered = [plain, ...others.sort((a, b) => rank(a) - rank(b))].filter((format) => format !== undefined);
  const score = (format: NumberFormat) => masks.filter((mask) => mask & formatBit(format)).length;
  return ordered.reduce((best, format) => (score(format) > score(best) ? format : best));
}
