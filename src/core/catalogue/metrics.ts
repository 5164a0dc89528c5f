import type { Family, Task } from '../model-type.ts';

type Metrics = Readonly<Record<Task, readonly string[]>>;

/** Only a model with the objective `quantile` has it. */
export const QUANTILE_METRIC = 'quantile_loss';

/** Metrics a report can headline, the default first; scikit-learn’s names where it has one. */
export const HEADLINE_METRICS: Metrics = {
  regression: ['rmse', 'mae', 'r2', 'mse', 'mape', 'wape', QUANTILE_METRIC],
  binary_classification: [
    'roc_auc',
    'log_loss',
    'accuracy',
    'balanced_accuracy',
    'f1',
    'precision',
    'recall',
    'average_precision',
    'mcc',
    'brier',
  ],
  multiclass_classification: [
    'accuracy',
    'log_loss',
    'balanced_accuracy',
    'macro_f1',
    'weighted_f1',
    'roc_auc',
    'average_precision',
    'mcc',
    'kappa',
    'brier',
  ],
};

const STOP_METRICS: Metrics = {
  regression: ['rmse', 'mae', QUANTILE_METRIC],
  binary_classification: ['log_loss', 'accuracy', 'roc_auc', 'average_precision'],
  multiclass_classification: ['log_loss', 'accuracy'],
};

/** Metrics early stopping can watch, the default first: those that the library computes itself. */
export function stopMetrics(family: Family, task: Task): readonly string[] {
  // CatBoost on a GPU has no average precision (catboost/catboost#3094).
  return STOP_METRICS[task].filter((metric) => family !== 'catboost' || metric !== 'average_precision');
}
