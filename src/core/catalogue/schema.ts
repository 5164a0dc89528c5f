import type { ModelType, Task } from '../model-type.ts';

/** One hyperparameter as the form shows it and `resolve` checks it. */
export type Hyperparameter = {
  /** The library's own name for it. */
  readonly name: string;
  readonly label: string;
  /** One sentence on what it does and when to change it. */
  readonly help: string;
  /** Shown before "more settings" is opened. */
  readonly main: boolean;
  /** Where the default comes from: a paper, a documentation page. */
  readonly source: string;
} & (
  | {
      readonly type: 'integer' | 'number';
      readonly min: number;
      readonly max: number;
      readonly defaults: PerTask<number>;
    }
  | { readonly type: 'choice'; readonly choices: readonly string[]; readonly defaults: PerTask<string> }
  | { readonly type: 'boolean'; readonly defaults: PerTask<boolean> }
);

/** A default that is the same for each task, or one per task. */
export type PerTask<T> = T | Readonly<Record<Task, T>>;

/** A kind of model Tabpod knows. */
export interface CatalogueEntry {
  readonly modelType: ModelType;
  readonly label: string;
  readonly hyperparameters: readonly Hyperparameter[];
  /** Metrics early stopping can watch, the default first; names as in the report. */
  readonly stopMetrics: readonly string[];
  /** Metrics a report can headline, the default first. */
  readonly headlineMetrics: readonly string[];
}
