import { canUseGpu, catalogue, gpuPays } from '../catalogue/index.ts';
import { QUANTILE_METRIC } from '../catalogue/metrics.ts';
import { defaultsOfWide, LOWEST_CLASS_ERROR } from '../catalogue/presets.ts';
import { TabpodError } from '../error.ts';
import type { Family, ModelType, Task } from '../model-type.ts';
import type { ColumnProfile, Profile } from '../profile/schema.ts';
import { placeOf } from '../spec/address.ts';
import { quoted } from '../spec/nearest.ts';
import type { Spec } from '../spec/schema.ts';
import { classesOf, positiveClass } from './classes.ts';
import { featuresOf } from './features.ts';
import { hyperparametersOf, refuseTogether } from './hyperparameters.ts';
import { refuseReserved } from './reserved.ts';
import type { Plan } from './schema.ts';
import { besidesTarget, splitOf } from './split.ts';
import { isNumeric, type Table, tableOf } from './table.ts';
import { modelOf } from './task.ts';

/** Where jobs run when the spec does not say: on this computer, where nothing is paid for. */
export const DEFAULT_BACKEND = 'local';

const DEFAULT_SEED = 42;

const OBJECTIVE_METRIC: Partial<Record<Plan['objective']['kind'], string>> = { mae: 'mae', quantile: QUANTILE_METRIC };

/**
 * Completes a spec from the profile of its dataset. Pure: the same two give the same plan.
 *
 * Throws TabpodError `plan/…` for the first thing that cannot be trained, in a sentence that names it and the way out.
 * `planWarnings` says what can be trained and still should be known.
 */
export function resolve(spec: Spec, profile: Profile): Plan {
  const table = tableOf(profile);
  const target = table.column(spec.target, 'target');
  const { family, task } = modelOf(spec, target, table);
  refuseReserved(spec, family);
  const modelType: ModelType = `${family}_${task}`;
  const objective = objectiveOf(spec, task, target);
  const columns = featuresOf(spec, table);
  const numbers = columns.features.filter(({ role }) => role === 'numeric').length;
  const defaults = { ...defaultsOfWide(family, task, numbers), ...presetOf(spec, family, task) };
  const plan: Plan = {
    version: 1,
    dataset: placeOf(spec.dataset),
    format: profile.format,
    dialect: profile.dialect,
    target: spec.target,
    task,
    family,
    modelType,
    ...columns,
    ...classificationOf(task, target, profile),
    hyperparameters: hyperparametersOf(modelType, task, { ...defaults, ...spec.hyperparameters }),
    split: splitOf(spec, target, table),
    bagging: baggingOf(spec),
    seed: spec.seed ?? DEFAULT_SEED,
    device: deviceOf(spec, family, profile),
    allowCpu: spec.compute?.allowCpu ?? false,
    objective,
    metric: metricOf(spec, modelType, objective),
    sampleWeight: sampleWeightOf(spec, table),
  };
  refuseTogether(plan);
  return plan;
}

/** Classes are fixed only when all of them were seen; otherwise the script, which sees all rows, finds them. */
function classificationOf(
  task: Task,
  target: ColumnProfile,
  profile: Profile,
): Pick<Plan, 'classes' | 'positiveClass'> {
  if (task === 'regression' || !target.topComplete) return { classes: [], positiveClass: null };
  const classes = classesOf(target);
  return {
    classes: profile.exact ? classes.map(({ label }) => label) : [],
    positiveClass: task === 'binary_classification' ? positiveClass(classes) : null,
  };
}

/** Asked for, or where it pays: a small table is fitted sooner on the pod's CPUs than it is copied to its GPU. */
function deviceOf({ compute }: Spec, family: Family, { rows, columns }: Profile): Plan['device'] {
  if (!canUseGpu(family)) return 'cpu';
  if (compute?.device) return compute.device;
  const backend = compute?.backend ?? DEFAULT_BACKEND;
  return backend === 'runpod' && gpuPays(family, rows, columns.length) ? 'cuda' : 'cpu';
}

/** The defaults that a preset puts in the place of the usual ones. */
function presetOf({ preset }: Spec, family: Family, task: Task): Readonly<Record<string, number | string>> {
  if (preset === undefined) return {};
  if (task === 'regression') throw new TabpodError('plan/preset', { preset, task });
  return LOWEST_CLASS_ERROR[family];
}

/** Folds are dealt at random, which is what a split by time is there to avoid. */
function baggingOf({ bagging = false, split }: Spec): boolean {
  if (bagging && split?.kind === 'time') throw new TabpodError('plan/bagging-time', {});
  return bagging;
}

function objectiveOf(spec: Spec, task: Task, target: ColumnProfile): Plan['objective'] {
  const objective = spec.objective ?? { kind: 'default' };
  if (objective.kind !== 'default' && task !== 'regression') {
    throw new TabpodError('plan/objective', { objective: objective.kind, task });
  }
  if (objective.kind === 'log1p' && target.min !== undefined && target.min <= -1) {
    throw new TabpodError('plan/objective-log1p', { column: target.name, value: target.min });
  }
  return objective;
}

/** Unless the user says otherwise, what a model minimises is also what it is stopped and judged by. */
function metricOf(spec: Spec, modelType: ModelType, objective: Plan['objective']): Plan['metric'] {
  const { stopMetrics, headlineMetrics } = catalogue[modelType];
  const choose = (metrics: readonly string[], given: string | undefined, field: string) => {
    const choices = metrics.filter((metric) => metric !== QUANTILE_METRIC || objective.kind === 'quantile');
    const metric = given ?? OBJECTIVE_METRIC[objective.kind] ?? (spec.preset && 'accuracy') ?? choices[0] ?? '';
    if (choices.includes(metric)) return metric;
    throw new TabpodError('plan/unknown-metric', { metric, field, modelType, choices: quoted(choices) });
  };
  return {
    stopOn: choose(stopMetrics, spec.metric?.stopOn, 'metric.stopOn'),
    headline: choose(headlineMetrics, spec.metric?.headline, 'metric.headline'),
  };
}

function sampleWeightOf(spec: Spec, table: Table): string | null {
  if (spec.sampleWeight === undefined) return null;
  const column = besidesTarget(spec.sampleWeight, 'sampleWeight', spec, table);
  if (!isNumeric(column)) throw new TabpodError('plan/weight-not-numeric', { column: column.name });
  if (column.min !== undefined && column.min < 0) {
    throw new TabpodError('plan/weight-negative', { column: column.name, value: column.min });
  }
  return column.name;
}
