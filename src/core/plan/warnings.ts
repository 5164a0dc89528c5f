import { canUseGpu } from '../catalogue/index.ts';
import { type Message, message } from '../messages/index.ts';
import type { Profile } from '../profile/schema.ts';
import type { Spec } from '../spec/schema.ts';
import { classesOf } from './classes.ts';
import type { Plan, PlannedFeature } from './schema.ts';
import { filledRows, isNumeric, type Table, tableOf } from './table.ts';

const RARE_ROWS = 10;
const TINY_ROWS = 200;
/** More than this of one kind would bury the others. */
const MOST_OF_A_KIND = 5;

/** What can be trained and still should be known before money is spent: leaks, small numbers, guesses. */
export function planWarnings(plan: Plan, profile: Profile, spec?: Spec): readonly Message[] {
  const table = tableOf(profile);
  return [
    ...rowWarnings(plan, table),
    ...taskWarnings(plan, table, spec),
    ...splitWarnings(plan),
    ...deviceWarnings(plan, table, spec),
    ...limited(plan.features.flatMap((feature) => featureWarnings(feature, table))),
    ...limited(emptyOnes(plan, spec)),
  ];
}

function rowWarnings(plan: Plan, { profile, column }: Table): Message[] {
  const dataset = profile.name;
  if (!profile.exact) return [message('plan/sampled', { rows: profile.rows, dataset })];
  const target = column(plan.target, 'target');
  const rows = filledRows(profile, target);
  const found: Message[] = [];
  if (target.missing > 0) found.push(message('plan/missing-target', { column: plan.target, count: target.missing }));
  if (rows < TINY_ROWS) found.push(message('plan/tiny', { rows }));
  return found;
}

function taskWarnings(plan: Plan, table: Table, spec: Spec | undefined): Message[] {
  if (plan.task === 'regression') return [];
  const found: Message[] = [];
  const asked = spec?.task ?? spec?.model ?? '';
  if (plan.task === 'binary_classification' && asked.endsWith('multiclass_classification')) {
    found.push(message('plan/two-classes', { column: plan.target }));
  }
  const rare = classesOf(table.column(plan.target, 'target')).filter(({ count }) => count < RARE_ROWS);
  const named = rare.map(({ label, count }) => message('plan/rare-class', { value: label, count }));
  return table.profile.exact ? [...found, ...limited(named)] : found;
}

function splitWarnings(plan: Plan): Message[] {
  const date = plan.features.find(({ role }) => role === 'date');
  const atRandom = plan.split.kind === 'random' || plan.split.kind === 'stratified';
  return date && atRandom ? [message('plan/date-random', { column: date.name })] : [];
}

function deviceWarnings(plan: Plan, { profile }: Table, spec: Spec | undefined): Message[] {
  const onPod = spec?.compute?.backend === 'runpod' && spec.compute.device === undefined;
  if (!onPod || plan.device === 'cuda' || !canUseGpu(plan.family)) return [];
  return [message('plan/cpu-on-pod', { rows: profile.rows })];
}

function featureWarnings({ name, role }: PlannedFeature, table: Table): Message[] {
  const column = table.column(name, 'features');
  if (column.role === 'id') return [message('plan/id-used', { column: name })];
  if (column.role === 'text') return [message('plan/text-used', { column: name })];
  if (role === 'numeric' && !isNumeric(column)) return [message('plan/not-numbers', { column: name })];
  return [];
}

/** Columns that the user asked for by name and that hold nothing to learn from. */
function emptyOnes(plan: Plan, spec: Spec | undefined): Message[] {
  const chosen = new Set(spec?.features);
  return plan.leftOut
    .filter(({ name, reason }) => reason === 'constant' && chosen.has(name))
    .map(({ name }) => message('plan/empty-used', { column: name }));
}

function limited(messages: readonly Message[]): readonly Message[] {
  return messages.slice(0, MOST_OF_A_KIND);
}
