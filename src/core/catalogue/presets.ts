import type { Family, Task } from '../model-type.ts';

/** Sets of defaults besides the usual ones. */
export const PRESETS = ['lowest_class_error'] as const;
export type Preset = (typeof PRESETS)[number];

/**
 * Classification stopped by and tuned for the share of wrong classes instead of log loss: the TD defaults of “Better by
 * Default”, Holzmüller et al., NeurIPS 2024 (arXiv 2407.04491), which were tuned for that on 118 datasets.
 */
export const LOWEST_CLASS_ERROR: Readonly<Record<Family, Readonly<Record<string, number | string>>>> = {
  xgboost: {
    learning_rate: 0.08,
    min_child_weight: 5e-6,
    reg_lambda: 0,
    subsample: 0.65,
    colsample_bylevel: 0.9,
  },
  lightgbm: { learning_rate: 0.04, num_leaves: 50, min_child_samples: 40, subsample: 0.75 },
  catboost: {
    learning_rate: 0.08,
    depth: 7,
    l2_leaf_reg: 1e-5,
    bootstrap_type: 'Bernoulli',
    subsample: 0.9,
    random_strength: 0.8,
    one_hot_max_size: 15,
    leaf_estimation_iterations: 1,
  },
  keras: { label_smoothing: 0.1 },
};

/** A fit with waves takes three times as long at 1,000 numbers, twelve times at 3,000 (bench/README.md): they end well before. */
const MANY_NUMBERS = 500;

/** Defaults that a table of many columns has in the place of the usual ones. */
export function defaultsOfWide(family: Family, task: Task, numbers: number): Readonly<Record<string, number>> {
  return family === 'keras' && task === 'regression' && numbers >= MANY_NUMBERS ? { n_frequencies: 0 } : {};
}
