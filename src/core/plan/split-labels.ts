import { TabpodError } from '../error.ts';
import type { ColumnProfile } from '../profile/schema.ts';
import { canonical } from './classes.ts';
import type { SplitLabels } from './schema.ts';

type Part = keyof SplitLabels;

/** What people write into a column that divides the rows, in lower case. */
const WORDS: Readonly<Record<Part, readonly string[]>> = {
  train: ['train', 'training', 'fit', 'learn'],
  validation: ['validation', 'valid', 'val', 'dev', 'eval'],
  test: ['test', 'testing', 'holdout', 'hold-out', 'hold_out'],
};
const YES = new Set(['1', 'true', 't', 'yes', 'y']);
const NO = new Set(['0', 'false', 'f', 'no', 'n']);

/**
 * Which cells of a column mean which part: words such as train, valid and test, or yes and no in a column whose name
 * says of what, such as `is_test`. Throws TabpodError `plan/split-…` when they say no such thing.
 */
export function splitLabels(column: ColumnProfile, exact: boolean): { labels: SplitLabels; trainingRows: number } {
  const yes = /train/i.test(column.name) ? 'train' : 'test';
  const saysOfWhat = /test|hold.?out|train/i.test(column.name);
  const labels: Record<Part, string[]> = { train: [], validation: [], test: [] };
  let trainingRows = 0;
  for (const { value, count } of column.top) {
    const label = canonical(value).toLowerCase();
    const part = partOfWord(label) ?? (saysOfWhat ? partOfAnswer(label, yes) : undefined);
    if (!part) throw new TabpodError('plan/split-label', { column: column.name, value });
    if (!labels[part].includes(label)) labels[part].push(label);
    if (part === 'train') trainingRows += count;
  }
  // A file that was read in part may go on with other words.
  if (!exact) return { labels: { ...WORDS }, trainingRows };
  for (const part of ['train', 'test'] as const) {
    if (labels[part].length === 0) throw new TabpodError('plan/split-part', { column: column.name, part });
  }
  return { labels, trainingRows };
}

function partOfWord(label: string): Part | undefined {
  const parts: readonly Part[] = ['train', 'validation', 'test'];
  return parts.find((part) => WORDS[part].includes(label));
}

function partOfAnswer(label: string, yes: 'train' | 'test'): Part | undefined {
  if (YES.has(label)) return yes;
  return NO.has(label) ? (yes === 'train' ? 'test' : 'train') : undefined;
}
