import { TabpodError } from '../error.ts';
import type { ColumnProfile } from '../profile/schema.ts';
import { bareAddress, placeOf } from '../spec/address.ts';
import type { Spec } from '../spec/schema.ts';
import { unreachable } from '../unreachable.ts';
import { dateFormatOf, roleOf } from './features.ts';
import type { PlannedSplit } from './schema.ts';
import { splitLabels } from './split-labels.ts';
import { filledRows, isNumeric, type Table } from './table.ts';

const TEST_SHARE = 0.2;
const MAX_TEST_ROWS = 100_000;
const MIN_TRAINING_ROWS = 5;
/** One for each part. */
const MIN_GROUPS = 3;

/** How the rows are divided; throws TabpodError `plan/…` when they cannot be. */
export function splitOf(spec: Spec, target: ColumnProfile, table: Table): PlannedSplit {
  const split = spec.split ?? { kind: 'auto' };
  const rows = filledRows(table.profile, target);
  switch (split.kind) {
    case 'auto':
    case 'stratified':
      return { kind: 'stratified', ...shares(split, rows, table) };
    case 'random':
      return { kind: 'random', ...shares(split, rows, table) };
    case 'time': {
      const column = besidesTarget(split.column, 'split.column', spec, table);
      const { name } = column;
      if (roleOf(column, spec) !== 'date' && !isNumeric(column)) {
        throw new TabpodError('plan/time-kind', { column: name });
      }
      const dateFormat = dateFormatOf(column, spec);
      return { kind: 'time', column: name, dateFormat, ...shares(split, rows, table), gap: split.gap ?? 0 };
    }
    case 'group': {
      const { name, distinct } = besidesTarget(split.column, 'split.column', spec, table);
      if (table.profile.exact && distinct < MIN_GROUPS) {
        throw new TabpodError('plan/too-few-groups', { column: name, groups: distinct, limit: MIN_GROUPS });
      }
      return { kind: 'group', column: name, ...shares(split, rows, table) };
    }
    case 'column': {
      const column = besidesTarget(split.column, 'split.column', spec, table);
      const { labels, trainingRows } = splitLabels(column, table.profile.exact);
      const validation = split.validation ?? readable(validationShare(trainingRows));
      return { kind: 'column', column: column.name, labels, validation };
    }
    case 'file':
      return fileSplit(split, rows);
    default:
      return unreachable(split);
  }
}

function fileSplit(
  { test, validation }: Extract<Spec['split'], { kind: 'file' }>,
  rows: number,
): PlannedSplit & { kind: 'file' } {
  if ('key' in test) throw new TabpodError('plan/reserved', { field: 'split.test.key' });
  if ('url' in test && test.url !== bareAddress(test.url)) throw new TabpodError('plan/test-secret', {});
  return { kind: 'file', test: placeOf(test), validation: validation ?? readable(validationShare(rows)) };
}

/** A column that a setting names; throws when there is none, or when it is the target. */
export function besidesTarget(name: string, field: string, spec: Spec, table: Table): ColumnProfile {
  if (name === spec.target) throw new TabpodError('plan/target-as', { column: name, field });
  return table.column(name, field);
}

function shares(
  given: { test?: number | undefined; validation?: number | undefined },
  rows: number,
  { profile }: Table,
): { test: number; validation: number } {
  const test = given.test ?? readable(Math.min(TEST_SHARE, MAX_TEST_ROWS / rows));
  const validation = given.validation ?? readable((1 - test) * validationShare(rows * (1 - test)));
  if (test + validation >= 1 || (profile.exact && rows * (1 - test - validation) < MIN_TRAINING_ROWS)) {
    throw new TabpodError('plan/split-too-greedy', { test, validation, rows });
  }
  return { test, validation };
}

/** AutoGluon’s holdout rule: which share of these rows to watch. */
function validationShare(rows: number): number {
  if (rows < 5000) return Math.max(0.1, Math.min(0.2, 500 / rows));
  return Math.max(0.01, Math.min(0.1, 2500 / rows));
}

/** A share is read by people: four digits are enough. */
function readable(share: number): number {
  return Number(share.toPrecision(4));
}
