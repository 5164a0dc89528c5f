import * as z from 'zod/mini';

/** `metrics.json` is at most this large, by construction of the script; a larger one is refused. */
export const METRICS_MAX_BYTES = 1024 * 1024;

const number = z.number();
const numbers = z.array(z.nullable(number));
const count = z.int().check(z.gte(0));
const counts = z.array(count);

/** A metric with its 95 % bootstrap interval where one was drawn; null stands for what is not defined. */
const value = z.object({
  value: z.nullable(number),
  low: z.optional(z.nullable(number)),
  high: z.optional(z.nullable(number)),
});
const values = z.record(z.string(), value);

/** Counts by true class (rows) and predicted class (columns); at most 50 classes, the most frequent ones. */
const confusion = z.object({ labels: z.array(z.string()), counts: z.array(counts) });

/** Columns by importance, at most 100; `value` in the unit of the measure. */
const ranking = z.array(
  z.object({ column: z.string(), value: z.nullable(number), sd: z.optional(z.nullable(number)) }),
);

/** What only classification has; `roc` and all below it only with two classes. */
const classificationBlocks = {
  confusion: z.optional(confusion),
  per_class: z.optional(
    z.array(
      z.object({
        class: z.string(),
        precision: number,
        recall: number,
        f1: number,
        roc_auc: z.nullable(number),
        support: count,
      }),
    ),
  ),
  /** Metrics when the two classes are told apart at the threshold chosen on validation rows, not at 0.5. */
  at_threshold: z.optional(z.object({ threshold: number, chosen_by: z.string(), metrics: values })),
  confusion_at_threshold: z.optional(confusion),
  roc: z.optional(z.object({ fpr: numbers, tpr: numbers })),
  pr: z.optional(z.object({ recall: numbers, precision: numbers })),
  /** Mean predicted probability and observed share in each of ten equal bins that holds a row. */
  calibration: z.optional(z.object({ predicted: numbers, observed: numbers, counts })),
  /** Test rows of each class in 20 equal bins of the predicted probability. */
  score_histogram: z.optional(z.object({ negative: counts, positive: counts })),
};

/** What only regression has. An error is prediction minus truth. */
const regressionBlocks = {
  residuals: z.optional(z.object({ edges: numbers, counts })),
  /** Percentile (`5` … `95`) → error. */
  error_quantiles: z.optional(z.record(z.string(), number)),
  /** At most 2,000 test rows, evenly spread over the truth. */
  predicted_vs_actual: z.optional(z.object({ actual: numbers, predicted: numbers })),
};

/**
 * What a finished job hands back. Loose on purpose: flat keys of the replaced system stand at the top, and readers
 * keep keys they do not know. Blocks whose name they know are checked.
 */
export const reportSchema = z.looseObject({
  version: z.literal(1),
  model_type: z.string(),
  task: z.enum(['regression', 'binary_classification', 'multiclass_classification']),
  family: z.string(),
  target: z.looseObject({
    name: z.string(),
    classes: z.nullable(z.array(z.string())),
    positive_class: z.nullable(z.string()),
  }),
  data: z.looseObject({
    rows_read: count,
    rows_used: count,
    rows_dropped: z.record(z.string(), count),
    /** Rows that repeat an earlier one in all columns. */
    rows_repeated: z.optional(count),
    /** Columns by role, and how many are left out. */
    columns: z.optional(z.record(z.string(), count)),
    features: z.optional(count),
    split: z.looseObject({
      kind: z.string(),
      seed: number,
      train: count,
      validation: count,
      test: count,
      /** Equal for two jobs that were tested on the same rows of the same data. */
      hash: z.string(),
    }),
    warnings: z.array(z.string()),
  }),
  device: z.looseObject({ requested: z.string(), actual: z.string() }),
  params: z.record(z.string(), z.unknown()),
  /** `stop_reason`: `early_stopping`, `round_limit` or `time_limit`. */
  rounds: z.nullable(z.looseObject({ best: count, trained: count, cap: count, stop_reason: z.string() })),
  /**
   * Which model each part of `metrics` describes: `selection` was stopped early on validation rows (or one model a
   * fold was), `final` was fitted on those rows too if `refitted`; it is the mean of `bagged` models unless that is 0.
   * Everything else describes `final`.
   */
  describes: z.optional(z.looseObject({ refitted: z.boolean(), bagged: z.optional(count), folds: count })),
  headline: z.object({
    name: z.string(),
    value: z.nullable(number),
    baseline: z.nullable(number),
    greater_is_better: z.boolean(),
  }),
  metrics: z.object({
    train: z.optional(values),
    validation: z.optional(values),
    test: values,
    /** Who knows the target column of the training rows and nothing else. */
    baseline: values,
  }),
  /** Learning curves of the selection, at most 1,000 points. */
  history: z.optional(z.object({ metric: z.string(), rounds: counts, train: numbers, validation: numbers })),
  ...classificationBlocks,
  ...regressionBlocks,
  /** `gain` as shares of 1; `permutation` as loss added (log loss or RMSE); `shap` as mean size of contributions. */
  importance: z.optional(
    z.object({ gain: z.optional(ranking), permutation: z.optional(ranking), shap: z.optional(ranking) }),
  ),
  artifacts: z.optional(z.array(z.object({ path: z.string(), bytes: count, sha256: z.string() }))),
  /** Seconds by phase, and in `total`. */
  timing: z.record(z.string(), number),
  resources: z.optional(z.record(z.string(), z.nullable(number))),
  environment: z.record(z.string(), z.string()),
});
export type Report = z.infer<typeof reportSchema>;
