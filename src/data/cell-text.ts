/**
 * Cells that are no texts in their file, written as the scripts write them (`canonical` in the templates): `1` and not
 * `1.0`, the shortest decimal fraction that is the number, ISO 8601 for dates.
 */

/** Numbers with more zeros behind the point than this get an exponent, as in Python. */
const SMALLEST_PLAIN = 1e-4;
const DAY_MS = 86_400_000;

/** A number as Python's `repr` has it, but whole ones without `.0`; empty for NaN. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (Math.abs(value) >= SMALLEST_PLAIN) return String(value);
  return value.toExponential().replace(/-(\d)$/, '-0$1');
}

/** `unscaled` × 10^-`scale` in plain digits, without zeros at the end of a fraction. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const sign = unscaled < 0n && /[1-9]/.test(digits) ? '-' : '';
  return `${sign}${digits.slice(0, -scale)}${fraction && `.${fraction}`}`;
}

/** `YYYY-MM-DD`, from days since 1970-01-01. */
export function dateText(days: number): string {
  return isoOf(days * DAY_MS).replace(/T.*$/, '');
}

/** `YYYY-MM-DDTHH:MM:SS[.ffffff]`, from microseconds since the epoch. */
export function timestampText(micros: bigint): string {
  const fraction = modulo(micros, 1_000_000n);
  const iso = isoOf(Number((micros - fraction) / 1000n));
  return iso.replace(/\.\d+Z$/, fractionText(fraction));
}

/** `HH:MM:SS[.ffffff]`, from microseconds since midnight. */
export function timeText(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n);
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
  return `${clock}${fractionText(micros % 1_000_000n)}`;
}

function isoOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  // What no calendar holds stays a number.
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

function fractionText(micros: bigint): string {
  return micros === 0n ? '' : `.${micros.toString().padStart(6, '0')}`;
}

function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}
