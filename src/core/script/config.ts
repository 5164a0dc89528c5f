import type { Plan, PlannedFeature, PlannedSplit } from '../plan/schema.ts';
import type { Role } from '../profile/schema.ts';
import { unreachable } from '../unreachable.ts';

/**
 * The plan as the script's `CONFIG`, in the order a person reads it. Columns stand in lists by role: a list keeps any
 * name and any order, which keys of an object do not.
 */
export function scriptConfig(plan: Plan) {
  return {
    dataset: plan.dataset,
    dialect: { ...plan.dialect },
    family: plan.family,
    task: plan.task,
    target: plan.target,
    classes: plan.classes,
    positive_class: plan.positiveClass,
    features: featuresByRole(plan.features),
    left_out: plan.leftOut.map(({ name }) => name),
    sample_weight: plan.sampleWeight,
    split: splitSettings(plan.split),
    seed: plan.seed,
    bagging: plan.bagging,
    device: plan.device,
    allow_cpu: plan.allowCpu,
    objective: plan.objective.kind,
    quantile: plan.objective.kind === 'quantile' ? plan.objective.alpha : null,
    stop_on: plan.metric.stopOn,
    headline: plan.metric.headline,
    hyperparameters: plan.hyperparameters,
  };
}

/** Which lines of a template a plan asks for. */
export function scriptFlags({ task, format }: Plan) {
  return {
    workbook: format === 'xlsx',
    regression: task === 'regression',
    binary: task === 'binary_classification',
    multiclass: task === 'multiclass_classification',
  };
}

function featuresByRole(features: readonly PlannedFeature[]) {
  const named = (...roles: readonly Role[]) =>
    features.filter(({ role }) => roles.includes(role)).map(({ name }) => name);
  return {
    numeric: named('numeric'),
    boolean: named('boolean'),
    category: named('category', 'constant'),
    category_high: named('category_high', 'text', 'id'),
    date: features
      .filter(({ role }) => role === 'date')
      .map(({ name, dateFormat }) => ({ column: name, format: dateFormat ?? 'ISO8601' })),
  };
}

/** Only what this kind of split goes by. */
function splitSettings(split: PlannedSplit) {
  switch (split.kind) {
    case 'stratified':
    case 'random':
      return { kind: split.kind, test: split.test, validation: split.validation };
    case 'group':
      return { kind: split.kind, column: split.column, test: split.test, validation: split.validation };
    case 'time': {
      const { kind, column, dateFormat, test, validation, gap } = split;
      return { kind, column, date_format: dateFormat, test, validation, gap };
    }
    case 'column':
      return { kind: split.kind, column: split.column, labels: split.labels, validation: split.validation };
    case 'file':
      return { kind: split.kind, test: split.test, validation: split.validation };
    default:
      return unreachable(split);
  }
}
