import { dateText, numberText, timestampText, timeText } from './cell-text.ts';

/** What the number format of a cell makes of its number. */
export type NumberKind = 'number' | 'date' | 'timestamp';

/** Days from 1899-12-30 and from 1904-01-01 to 1970-01-01: serial numbers count from there. */
const EPOCH_1900 = 25_569;
const EPOCH_1904 = 24_107;
/** Excel takes 1900 for a leap year: before its 29th of February, serial 60, days are counted one too low. */
const LEAP_BUG = 60;
/** The serial of 10000-01-01 in either system is beyond this. */
const LAST_SERIAL = 2_958_466;
const DAY_MS = 86_400_000;

/** Numbers of built-in formats, those of East Asian languages included. */
const DATES = [14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58];
const TIMES = [18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 47, 55, 56];

/** What a built-in number format makes of a number. */
export function builtInKind(id: number): NumberKind {
  if (DATES.includes(id)) return 'date';
  return TIMES.includes(id) ? 'timestamp' : 'number';
}

/**
 * What a number format makes of a number, by the letters outside of its quotation marks and brackets. A duration (`[h]`)
 * is a number: that of its days.
 */
export function kindOfFormat(code: string): NumberKind {
  const [first = ''] = code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';');
  if (/\[(?:h+|m+|s+)\]/i.test(first)) return 'number';
  const letters = first.replace(/\[[^\]]*\]|general/gi, '');
  if (/[hs]|am\/pm/i.test(letters)) return 'timestamp';
  return /[ymd]/i.test(letters) ? 'date' : 'number';
}

/**
 * The text of a number with a format: a date, a timestamp to the millisecond, a time of day where there is no day, or
 * the number where no date has it.
 */
export function serialText(serial: number, kind: NumberKind, system1904: boolean): string {
  if (kind === 'number' || !(serial >= 0 && serial < LAST_SERIAL)) return numberText(serial);
  const shifted = !system1904 && serial >= 1 && serial < LEAP_BUG ? serial + 1 : serial;
  const day = Math.floor(shifted);
  const milliseconds = Math.round((shifted - day) * DAY_MS);
  if (serial < 1 && milliseconds < DAY_MS && kind === 'timestamp') return timeText(BigInt(milliseconds) * 1000n);
  const days = day - (system1904 ? EPOCH_1904 : EPOCH_1900);
  if (milliseconds === 0 && kind === 'date') return dateText(days);
  return timestampText(BigInt(days * DAY_MS + milliseconds) * 1000n);
}
