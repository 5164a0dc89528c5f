/** Removes whitespace around a cell, Unicode's too, as the scripts do; every test of a cell is made on what is left. */
export function strip(text: string): string {
  return text.trim();
}

/** Pairs of words that mean yes and no, in lower case. `0` and `1` are not among them: they stay integers. */
const BOOLEAN_WORDS: readonly ReadonlySet<string>[] = [
  new Set(['true', 'false']),
  new Set(['yes', 'no']),
  new Set(['t', 'f']),
  new Set(['y', 'n']),
];

/** Whether all values are words of one pair (true/false, yes/no, t/f, y/n), in any case. */
export function areBooleans(values: Iterable<string>): boolean {
  let pairs = BOOLEAN_WORDS;
  for (const value of values) {
    if (value.length > 5) return false;
    const word = value.toLowerCase();
    pairs = pairs.filter((pair) => pair.has(word));
    if (pairs.length === 0) return false;
  }
  return pairs.length < BOOLEAN_WORDS.length;
}
