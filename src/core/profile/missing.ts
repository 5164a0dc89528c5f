/** Texts that mean "no value" wherever they occur, unless they are evidently codes (see `missingTokens`). */
const PLAIN = ['NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NULL', 'Null', 'null', 'nan', 'NaN', 'NAN', '?'];
/** Texts that are as often a value of a category (`None` of a material, `-` beside `+`). */
const DOUBTFUL = ['None', 'none', '-', '--', '.'];

const DOUBTFUL_SET: ReadonlySet<string> = new Set(DOUBTFUL);
const TOKENS: ReadonlySet<string> = new Set([...PLAIN, ...DOUBTFUL]);

/** Whether a stripped cell is a text that can mean "no value". */
export function isToken(text: string): boolean {
  return text.length <= 4 && TOKENS.has(text);
}

/** What a column says about the tokens in it. */
export interface TokenEvidence {
  readonly tokens: ReadonlyMap<string, number>;
  /** Whether all its other cells are numbers, dates or booleans, and there are some. */
  readonly typed: boolean;
  /** Whether its other values are two-letter codes of countries or states, among which NA is Namibia. */
  readonly codes: boolean;
}

/**
 * The tokens that mean "no value" in this file. One list serves all columns, as readers take one list. A token is on it
 * when some column asks for it: a plain token in any column but one of two-letter codes, a doubtful one only in a
 * column whose other cells are all numbers, dates or booleans.
 */
export function missingTokens(columns: Iterable<TokenEvidence>): string[] {
  const found = new Set<string>();
  for (const { tokens, typed, codes } of columns) {
    for (const token of tokens.keys()) {
      if (typed || !(DOUBTFUL_SET.has(token) || (codes && token === 'NA'))) found.add(token);
    }
  }
  return [...TOKENS].filter((token) => found.has(token));
}

const CODE = /^[A-Z]{2}$/;

/** Whether values are two-letter codes: all of that form, and at least ten, so that the form is no accident. */
export function areCodes(values: Iterable<string>): boolean {
  let count = 0;
  for (const value of values) {
    if (isToken(value)) continue;
    if (!CODE.test(value)) return false;
    count++;
  }
  return count >= 10;
}
