import { type Message, message } from '../messages/index.ts';
import { strip } from './cells.ts';
import type { NumberReader } from './numbers.ts';
import type { Profile } from './schema.ts';

/** What is worth telling of a whole file, besides its names. */
export interface TableFacts extends Pick<Profile, 'name' | 'rows' | 'exact' | 'dialect'> {
  readonly header: readonly string[];
  readonly bytes: number;
  readonly ragged: { readonly count: number; readonly row: number };
  readonly reader: NumberReader;
}

export function tableFindings({ name, rows, exact, dialect, header, bytes, ragged, reader }: TableFacts): Message[] {
  const findings: Message[] = [];
  const columns = header.length;
  if (!exact) findings.push(message('data/not-exact', { name, bytes, rows }));
  if (dialect.encoding === 'windows-1252') findings.push(message('data/not-utf8', { name }));
  if (looksLikeData(header, reader)) findings.push(message('data/no-header', { name }));
  if (columns === 1) findings.push(message('data/one-column', { name }));
  if (ragged.count > 0) findings.push(message('data/ragged', { rows: ragged.count, columns, row: ragged.row }));
  if (dialect.missing.length > 0) {
    const tokens = dialect.missing.map((token) => `“${token}”`).join(', ');
    findings.push(message('data/missing-tokens', { tokens }));
  }
  return findings;
}

/** Names may be whole numbers (years, positions) but hardly fractions, and the same number hardly names two columns. */
export function looksLikeData(header: readonly string[], reader: NumberReader): boolean {
  const numbers = header.map(strip).filter((cell) => !Number.isNaN(reader.parse(cell)));
  return new Set(numbers).size < numbers.length || numbers.some((cell) => /\d[.,]\d/.test(cell));
}
