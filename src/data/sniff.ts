import { Tokenizer } from './tokenizer.ts';

export interface Separators {
  readonly delimiter: string;
  readonly quote: string;
}

const DELIMITERS = [',', ';', '\t', '|'];
const QUOTES = ['"', "'"];
/** The first row of some files names their delimiter, for Excel. */
const TOLD = /^[\r\n]*"?sep=([,;\t|:])"?(?:\r\n?|\n)/i;
/** Rows that are looked at. */
const ROWS = 500;

/** Ends the reading of a sample early. */
class Enough extends Error {}

interface Trial extends Separators {
  /** How well the sample reads this way, from 0 to 1. */
  readonly score: number;
  /** Cells in most rows. */
  readonly width: number;
}

/**
 * The delimiter and quotation mark with which the beginning of a file reads best: most rows of one length, the header
 * of that length too, more than one column. `hint` wins among equals; the apostrophe only wins when it reads better.
 * A first row such as `sep=;` decides.
 */
export function sniff(sample: string, whole: boolean, hint: string): Separators {
  const [row = '', told] = TOLD.exec(sample) ?? [];
  const rest = sample.slice(row.length);
  const delimiters = told ? [told] : [hint, ...DELIMITERS.filter((delimiter) => delimiter !== hint)];
  const trials = QUOTES.flatMap((quote) => delimiters.map((delimiter) => tryOut(rest, whole, { delimiter, quote })));
  const best = trials.reduce((winner, trial) => (isBetter(trial, winner) ? trial : winner));
  return { delimiter: best.delimiter, quote: best.quote };
}

/** Whether these are the cells of a first row such as `sep=;`, which is no header. */
export function tellsDelimiter([first = '', ...others]: readonly string[]): boolean {
  return /^sep=[,;\t|:]?$/i.test(first) && others.every((cell) => cell === '');
}

function isBetter(one: Trial, other: Trial): boolean {
  if (Math.abs(one.score - other.score) > 1e-9) return one.score > other.score;
  return one.quote === other.quote && one.width > other.width;
}

function tryOut(sample: string, whole: boolean, separators: Separators): Trial {
  const { widths, quoted } = readWidths(sample, whole, separators);
  const [header = 0, ...rows] = widths;
  const counts = new Map<number, number>();
  for (const width of rows) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [width, count] = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [header, 0]);
  const consistent = rows.length === 0 ? 1 : count / rows.length;
  const oneColumn = width > 1 ? 1 : 0.5;
  const mismatch = header === width ? 1 : 0.6;
  // Apostrophes begin many words: as quotation marks they must close at the end of their cells, and often.
  const needless = separators.quote === "'" && !quoted ? 0 : 1;
  return { ...separators, width, score: consistent * oneColumn * mismatch * needless };
}

/** Cells in each row, and whether the apostrophe encloses whole cells, two at least, and the usual mark none. */
function readWidths(sample: string, whole: boolean, { delimiter, quote }: Separators) {
  const tokenizer = new Tokenizer(delimiter, quote);
  const widths: number[] = [];
  const take = (cells: readonly string[]) => {
    widths.push(cells.length);
    if (widths.length > ROWS) throw new Enough();
  };
  let end = sample.length;
  try {
    end = tokenizer.read(sample, whole, take);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  const open = whole && end < sample.length;
  if (open) widths.push(0);
  return { widths, quoted: quote !== '"' && encloses(sample, delimiter, quote) };
}

/** Whether some cells begin and end with this mark and none begins with the usual one. */
function encloses(sample: string, delimiter: string, quote: string): boolean {
  const border = `[${delimiter}\\r\\n]`;
  const count = (pattern: string) => sample.match(new RegExp(pattern, 'g'))?.length ?? 0;
  const edge = (mark: string) => count(`(?:^|${border})${mark}`);
  return edge(quote) >= 2 && edge('"') === 0 && count(`${quote}(?:$|${border})`) >= edge(quote);
}
