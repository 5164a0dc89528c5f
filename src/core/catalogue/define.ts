import type { Task } from '../model-type.ts';
import type { Hyperparameter, PerTask } from './schema.ts';

interface Words {
  readonly label: string;
  readonly help: string;
  readonly source: string;
  /** Left out: shown under “more settings”. */
  readonly main?: boolean;
}

interface NumberWords extends Words {
  readonly min: number;
  readonly max: number;
  readonly defaults: PerTask<number>;
}

export function integer(name: string, words: NumberWords): Hyperparameter {
  return { main: false, ...words, name, type: 'integer' };
}

export function decimal(name: string, words: NumberWords): Hyperparameter {
  return { main: false, ...words, name, type: 'number' };
}

export function choice(
  name: string,
  words: Words & { readonly choices: readonly string[]; readonly defaults: PerTask<string> },
): Hyperparameter {
  return { main: false, ...words, name, type: 'choice' };
}

export function flag(name: string, words: Words & { readonly defaults: PerTask<boolean> }): Hyperparameter {
  return { main: false, ...words, name, type: 'boolean' };
}

/** One default for both kinds of classification, another for regression. */
export function byTask<T>(classification: T, regression: T): Readonly<Record<Task, T>> {
  return { regression, binary_classification: classification, multiclass_classification: classification };
}
