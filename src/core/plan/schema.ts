import type { Family, ModelType, Task } from '../model-type.ts';
import type { Dialect, Format, Role } from '../profile/schema.ts';

/** One column the model learns from. */
export interface PlannedFeature {
  readonly name: string;
  readonly role: Role;
  /** For dates: a `strptime` format or `ISO8601`. */
  readonly dateFormat: string | null;
}

/** A column that is not learnt from, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: 'id' | 'constant' | 'text' | 'weight' | 'group' | 'split' | 'not chosen';
}

export type HyperparameterValue = number | string | boolean;

/** Which cells of a column put a row into which part: canonical texts in lower case. */
export interface SplitLabels {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

/** How rows are divided. `test` and `validation` are shares of all rows that have a target. */
export type PlannedSplit =
  | { readonly kind: 'stratified' | 'random'; readonly test: number; readonly validation: number }
  | {
      readonly kind: 'time';
      readonly column: string;
      /** How its dates are read; `null` when it holds numbers. */
      readonly dateFormat: string | null;
      readonly test: number;
      readonly validation: number;
      /** Rows left out before each border between two parts. */
      readonly gap: number;
    }
  | { readonly kind: 'group'; readonly column: string; readonly test: number; readonly validation: number }
  | {
      readonly kind: 'column';
      readonly column: string;
      readonly labels: SplitLabels;
      /** Share of the training rows, where no label names validation rows. */
      readonly validation: number;
    }
  | {
      readonly kind: 'file';
      /** Where the test rows are, said as for the dataset itself. */
      readonly test: Plan['dataset'];
      /** Share of the rows of the dataset. */
      readonly validation: number;
    };

/** Everything a script depends on, with no optional field left. Names no run: no id, key, time or machine. */
export interface Plan {
  readonly version: 1;
  /** File name the script reads when it is run by hand; for URLs the address without user info and query. */
  readonly dataset: { readonly file: string } | { readonly url: string };
  readonly format: Format;
  readonly dialect: Dialect;
  readonly target: string;
  readonly task: Task;
  readonly family: Family;
  readonly modelType: ModelType;
  readonly features: readonly PlannedFeature[];
  readonly leftOut: readonly LeftOut[];
  /** Class labels in canonical form and fixed order; empty for regression, and when only the script will see them all. */
  readonly classes: readonly string[];
  /** Binary only: the class whose probability is reported. */
  readonly positiveClass: string | null;
  readonly hyperparameters: Readonly<Record<string, HyperparameterValue>>;
  readonly split: PlannedSplit;
  /** Whether the final model is the mean of one model a fold. */
  readonly bagging: boolean;
  readonly seed: number;
  readonly device: 'cpu' | 'cuda';
  readonly allowCpu: boolean;
  readonly objective:
    | { readonly kind: 'default' | 'log1p' | 'mae' }
    | { readonly kind: 'quantile'; readonly alpha: number };
  readonly metric: { readonly stopOn: string; readonly headline: string };
  readonly sampleWeight: string | null;
}
