import { FAMILIES, type Family, MODEL_TYPES, type ModelType, TASKS, type Task } from '../model-type.ts';
import { catboost } from './catboost.ts';
import { keras } from './keras.ts';
import { lightgbm } from './lightgbm.ts';
import { HEADLINE_METRICS, stopMetrics } from './metrics.ts';
import type { CatalogueEntry, Hyperparameter, PerTask } from './schema.ts';
import { xgboost } from './xgboost.ts';

interface FamilyFacts {
  readonly label: string;
  readonly ready: boolean;
  /** LightGBM’s wheels hold no CUDA trainer. */
  readonly usesGpu: boolean;
  readonly hyperparameters: readonly Hyperparameter[];
}

const FACTS: Readonly<Record<Family, FamilyFacts>> = {
  xgboost: { label: 'XGBoost', ready: true, usesGpu: true, hyperparameters: xgboost },
  lightgbm: { label: 'LightGBM', ready: false, usesGpu: false, hyperparameters: lightgbm },
  catboost: { label: 'CatBoost', ready: false, usesGpu: true, hyperparameters: catboost },
  keras: { label: 'Keras', ready: false, usesGpu: true, hyperparameters: keras },
};

const TASK_LABELS: Readonly<Record<Task, string>> = {
  regression: 'regression',
  binary_classification: 'two classes',
  multiclass_classification: 'several classes',
};

const ENTRIES = FAMILIES.flatMap((family) => TASKS.map((task) => entry(family, task)));

/** The twelve kinds of model, as data: what the form shows, what `resolve` checks, what a plan defaults to. */
export const catalogue = Object.fromEntries(ENTRIES.map((item) => [item.modelType, item])) as Readonly<
  Record<ModelType, CatalogueEntry>
>;

/** Model types that a script can be written for. */
export const READY_MODEL_TYPES: readonly ModelType[] = MODEL_TYPES.filter((type) => catalogue[type].ready);

/** Whether this family trains on a GPU where there is one. */
export function usesGpu(family: Family): boolean {
  return FACTS[family].usesGpu;
}

/** The default of a hyperparameter for a task. */
export function defaultOf(hyperparameter: Hyperparameter, task: Task): number | string | boolean {
  const defaults: PerTask<number | string | boolean> = hyperparameter.defaults;
  return typeof defaults === 'object' ? defaults[task] : defaults;
}

function entry(family: Family, task: Task): CatalogueEntry {
  const { label, ready, hyperparameters } = FACTS[family];
  return {
    modelType: `${family}_${task}`,
    label: `${label}, ${TASK_LABELS[task]}`,
    ready,
    hyperparameters,
    stopMetrics: stopMetrics(family, task),
    headlineMetrics: HEADLINE_METRICS[task],
  };
}
