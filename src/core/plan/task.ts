import { TabpodError } from '../error.ts';
import { type Family, parseModelType, type Task } from '../model-type.ts';
import type { ColumnProfile } from '../profile/schema.ts';
import type { Spec } from '../spec/schema.ts';
import { canonical, classesOf } from './classes.ts';
import { filledRows, isNumeric, type Table } from './table.ts';

const MAX_CLASSES = 1000;
/** As in the scripts, which refuse fewer (`FEWEST_ROWS`). */
const MIN_ROWS = 20;
/** More classes than this share of the rows are names, not classes. */
const MOST_CLASSES = 0.5;
const DEFAULT_FAMILY: Family = 'xgboost';

/** What is predicted and with which library; throws TabpodError `plan/…` when the target cannot be predicted so. */
export function modelOf(spec: Spec, target: ColumnProfile, table: Table): { family: Family; task: Task } {
  const model = spec.model === undefined ? undefined : parseModelType(spec.model);
  const family = model?.family ?? spec.families?.[0] ?? DEFAULT_FAMILY;
  if (spec.task && model?.task && spec.task !== model.task) {
    throw new TabpodError('plan/task-conflict', { task: spec.task, modelType: `${family}_${model.task}` });
  }
  const task = taskOf(spec.task ?? model?.task, target, table);
  return { family, task };
}

function taskOf(asked: Task | undefined, target: ColumnProfile, table: Table): Task {
  checkTarget(asked, target, table);
  const classes = classCount(target);
  const task = asked ?? inferTask(target, filledRows(table.profile, target), classes);
  if (task === 'regression') checkNumbers(target);
  else checkClasses(task, target, classes, table);
  // Two classes are predicted best, and reported best, by a binary model.
  return task === 'multiclass_classification' && classes === 2 && table.profile.exact ? 'binary_classification' : task;
}

function checkTarget(asked: Task | undefined, target: ColumnProfile, { profile }: Table): void {
  const column = target.name;
  const rows = filledRows(profile, target);
  if (target.kind === 'empty' || rows === 0) {
    throw new TabpodError('plan/target-empty', { column, dataset: profile.name });
  }
  if (target.kind === 'date') throw new TabpodError('plan/target-dates', { column });
  if (classCount(target) <= 1) {
    const value = target.top[0]?.value ?? '';
    if (profile.exact) throw new TabpodError('plan/target-constant', { column, value, dataset: profile.name });
    if (!asked) throw new TabpodError('plan/target-constant-so-far', { column, value, rows: profile.rows });
  }
  if (profile.exact && rows < MIN_ROWS) {
    throw new TabpodError('plan/too-small', { column, dataset: profile.name, rows, limit: MIN_ROWS });
  }
}

/**
 * AutoGluon’s rule: two values are two classes, text is classes, numbers are classes only when they are whole and few
 * beside the rows.
 */
function inferTask(target: ColumnProfile, rows: number, classes: number): Task {
  if (classes === 2) return 'binary_classification';
  if (!isNumeric(target)) return 'multiclass_classification';
  const few = classes <= MAX_CLASSES && classes <= rows * (rows <= 1000 ? 0.1 : 0.05);
  return target.kind === 'integer' && few ? 'multiclass_classification' : 'regression';
}

function checkNumbers(target: ColumnProfile): void {
  if (isNumeric(target)) return;
  const text = target.top.find(({ value }) => !Number.isFinite(Number(canonical(value))));
  if (target.kind === 'boolean' && !text) return;
  throw new TabpodError('plan/target-not-numeric', { column: target.name, value: text?.value ?? '' });
}

function checkClasses(task: Task, target: ColumnProfile, classes: number, { profile }: Table): void {
  const column = target.name;
  if (classes > MAX_CLASSES) throw new TabpodError('plan/too-many-classes', { column, classes, limit: MAX_CLASSES });
  // Names, prices with a currency sign: no class comes back often enough to be learnt, or even to be split.
  if (profile.exact && classes > filledRows(profile, target) * MOST_CLASSES) {
    const value = target.top[0]?.value ?? '';
    throw new TabpodError('plan/classes-unique', { column, classes, rows: filledRows(profile, target), value });
  }
  if (task === 'binary_classification' && classes > 2) {
    throw new TabpodError('plan/target-not-binary', { column, classes });
  }
}

/** How many classes the target has if each different value is one. */
function classCount(target: ColumnProfile): number {
  return target.topComplete ? classesOf(target).length : target.distinct;
}
