import { DATE_FORMATS, type DateFormat, mayBeDate } from './dates.ts';
import { isToken } from './missing.ts';
import { ALL_FORMATS, formatsOf, type NumberReader, signOf } from './numbers.ts';
import type { Range } from './range.ts';

interface DateCandidate {
  readonly date: DateFormat;
  readonly range: Range;
}

/**
 * Tests the cells of one column, one after the other, against every type at once: which number formats and date formats
 * fit all of them, how many are numbers in the current format, which could mean "no value". Cells that could mean "no
 * value" are counted apart and take no part in the tests, as only the whole file tells what they mean.
 */
export class Typing {
  readonly numbers: Range;
  /** Cells that are numbers in the reader's format, infinite ones too. */
  numeric = 0;
  /** Whether all numbers so far were whole. */
  integers = true;
  /** Cells that are neither a number nor a token. */
  others = 0;
  example = '';
  readonly tokens = new Map<string, number>();
  /** The sign of money or percent of its numbers: empty when no number so far had one. */
  private sign = '';
  /** Number formats that fit all cells so far, as a bit mask. */
  formats = ALL_FORMATS;
  /** Date formats that fit all cells so far; `undefined` before the first. */
  dates: readonly DateCandidate[] | undefined;
  readonly reader: NumberReader;
  private readonly newRange: () => Range;

  constructor(reader: NumberReader, newRange: () => Range) {
    this.reader = reader;
    this.newRange = newRange;
    this.numbers = newRange();
  }

  /** Takes a stripped, non-empty cell that occurs `count` times. */
  add(text: string, count: number): void {
    const value = this.reader.parse(text);
    if (Number.isNaN(value) || !this.hasSameSign(text)) {
      if (isToken(text)) {
        this.tokens.set(text, (this.tokens.get(text) ?? 0) + count);
        return;
      }
      this.addOther(text, count);
    } else {
      this.addNumber(text, value, count);
    }
    if (this.dates === undefined || this.dates.length > 0) this.addDate(text, count);
  }

  /** Dollars and euros are not one number. */
  private hasSameSign(text: string): boolean {
    const sign = signOf(text);
    this.sign ||= sign;
    return sign === '' || sign === this.sign;
  }

  private addNumber(text: string, value: number, count: number): void {
    this.numeric += count;
    this.numbers.add(value, count);
    const whole = this.reader.isInteger(text);
    this.integers &&= whole;
    const plain = whole && this.reader.format.thousands === null;
    // Plain digits fit every format; once only formats are left that cover the reader's, its numbers rule none out.
    if (!plain && this.formats & ~this.reader.covers) this.formats &= formatsOf(text);
  }

  private addOther(text: string, count: number): void {
    if (this.others === 0) this.example = text.slice(0, 40);
    this.others += count;
    if (this.formats !== 0) this.formats &= formatsOf(text);
  }

  private addDate(text: string, count: number): void {
    const candidates = this.dates ?? (mayBeDate(text) ? this.everyDate(text) : []);
    const failed: DateCandidate[] = [];
    for (const candidate of candidates) {
      const time = candidate.date.parse(text);
      if (time === undefined) failed.push(candidate);
      else candidate.range.add(time, count);
    }
    this.dates = failed.length > 0 ? candidates.filter((candidate) => !failed.includes(candidate)) : candidates;
  }

  private everyDate(text: string): readonly DateCandidate[] {
    return DATE_FORMATS.filter((date) => date.parse(text) !== undefined).map((date) => ({
      date,
      range: this.newRange(),
    }));
  }
}
