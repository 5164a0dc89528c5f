import type { ColumnProfile } from '../profile/schema.ts';

/** How numbers are written when they name a class; the same patterns stand in the scripts (`canonical`). */
const WHOLE_NUMBER = /^\+?(-?(?:0|[1-9][0-9]*))(?:\.0*)?$/;
const DECIMAL_NUMBER = /^\+?(-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9])0*$/;

const TRUE_WORDS = new Set(['1', 'true', 'yes', 'y', 't', 'positive', 'pos']);

/** What the scripts read as true or false (`TRUE_WORDS`, `FALSE_WORDS`). */
const BOOLEAN_WORDS = new Set(['1', 'true', 't', 'yes', 'y', 'on', '0', 'false', 'f', 'no', 'n', 'off']);

/** The blanks that Python’s `strip` takes off; JavaScript’s `trim` knows a few others. */
const BLANKS = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/** A class of the target: its label in canonical form, and how many of the rows read have it. */
export interface ClassCount {
  readonly label: string;
  readonly count: number;
}

/** Writes a cell such that `1`, `1.0` and ` 1 ` name the same class, whatever file they come from. */
export function canonical(cell: string): string {
  const text = stripped(cell);
  const number = WHOLE_NUMBER.exec(text) ?? DECIMAL_NUMBER.exec(text);
  if (number) return number[1] === '-0' ? '0' : String(number[1]);
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false' ? lower : text;
}

/** A cell that says neither true nor false, if the column has one among those that are known. */
export function notBoolean(column: ColumnProfile): string | undefined {
  return column.top.find(({ value }) => !BOOLEAN_WORDS.has(canonical(value).toLowerCase()))?.value;
}

/** The classes among the most frequent values of a column, in order: numbers by size, then texts by code points. */
export function classesOf(column: ColumnProfile): readonly ClassCount[] {
  const counts = new Map<string, number>();
  for (const { value, count } of column.top) {
    const label = canonical(value);
    counts.set(label, (counts.get(label) ?? 0) + count);
  }
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => byLabel(a.label, b.label));
}

/**
 * The class whose probability a binary model reports: the one that says yes, if only one does; else the rarer one,
 * and with equally many rows the last.
 */
export function positiveClass(classes: readonly ClassCount[]): string | null {
  const [first, second] = classes;
  if (!first || !second) return null;
  const yes = [first, second].filter(({ label }) => TRUE_WORDS.has(label.toLowerCase()));
  if (yes.length === 1) return yes[0]?.label ?? null;
  return first.count < second.count ? first.label : second.label;
}

function stripped(cell: string): string {
  let start = 0;
  let end = cell.length;
  while (start < end && BLANKS.has(cell.charAt(start))) start++;
  while (end > start && BLANKS.has(cell.charAt(end - 1))) end--;
  return cell.slice(start, end);
}

function byLabel(a: string, b: string): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y || byCodePoints(a, b);
  if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
  return byCodePoints(a, b);
}

function numberOf(label: string): number | undefined {
  return WHOLE_NUMBER.test(label) || DECIMAL_NUMBER.test(label) ? Number(label) : undefined;
}

/** The order of Python’s strings; JavaScript’s own goes by UTF-16 units and differs beyond U+FFFF. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
