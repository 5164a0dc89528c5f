import { FAMILIES, type Family, type ModelType, TASKS, type Task } from '../model-type.ts';
import { catboost } from './catboost.ts';
import { keras } from './keras.ts';
import { lightgbm } from './lightgbm.ts';
import { HEADLINE_METRICS, stopMetrics } from './metrics.ts';
import type { CatalogueEntry, Hyperparameter, PerTask } from './schema.ts';
import { xgboost } from './xgboost.ts';

interface FamilyFacts {
  readonly label: string;
  /**
   * From how many rows, or how many cells, a GPU beats the CPUs beside it; `null` where the wheel has no CUDA trainer.
   * Measured on an H200 against eight cores (bench/README.md). Keras must save what fetching its CUDA packages costs.
   */
  readonly gpu: { readonly rows: number; readonly cells: number } | null;
  readonly hyperparameters: readonly Hyperparameter[];
}

const FACTS: Readonly<Record<Family, FamilyFacts>> = {
  xgboost: { label: 'XGBoost', gpu: { rows: 100_000, cells: 3_000_000 }, hyperparameters: xgboost },
  lightgbm: { label: 'LightGBM', gpu: null, hyperparameters: lightgbm },
  catboost: { label: 'CatBoost', gpu: { rows: 100_000, cells: 3_000_000 }, hyperparameters: catboost },
  keras: { label: 'Keras', gpu: { rows: 50_000, cells: 10_000_000 }, hyperparameters: keras },
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

/** Whether this family can train on a GPU at all. */
export function canUseGpu(family: Family): boolean {
  return FACTS[family].gpu !== null;
}

/** Whether a table is large enough for this family to train faster on a GPU than on the CPUs of its pod. */
export function gpuPays(family: Family, rows: number, columns: number): boolean {
  const { gpu } = FACTS[family];
  return gpu !== null && (rows >= gpu.rows || rows * columns >= gpu.cells);
}

/** The default of a hyperparameter for a task. */
export function defaultOf(hyperparameter: Hyperparameter, task: Task): number | string | boolean {
  const defaults: PerTask<number | string | boolean> = hyperparameter.defaults;
  return typeof defaults === 'object' ? defaults[task] : defaults;
}

function entry(family: Family, task: Task): CatalogueEntry {
  const { label, hyperparameters } = FACTS[family];
  return {
    modelType: `${family}_${task}`,
    label: `${label}, ${TASK_LABELS[task]}`,
    hyperparameters,
    stopMetrics: stopMetrics(family, task),
    headlineMetrics: HEADLINE_METRICS[task],
  };
}
