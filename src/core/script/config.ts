import type { Plan, PlannedFeature, PlannedSplit } from '../plan/schema.ts';
import type { Role } from '../profile/schema.ts';

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
export function scriptFlags({ task }: Plan) {
  return {
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

/** All kinds of split print the same keys, so that a split can be changed by hand. */
function splitSettings(split: PlannedSplit) {
  return {
    kind: split.kind,
    test: 'test' in split ? split.test : null,
    validation: split.validation,
    column: 'column' in split ? split.column : null,
    date_format: split.kind === 'time' ? split.dateFormat : null,
    gap: split.kind === 'time' ? split.gap : 0,
    labels: split.kind === 'column' ? split.labels : null,
  };
}
