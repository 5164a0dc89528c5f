import { catalogue, defaultOf } from '../catalogue/index.ts';
import type { Hyperparameter } from '../catalogue/schema.ts';
import { TabpodError } from '../error.ts';
import type { ModelType, Task } from '../model-type.ts';
import { nearestNames } from '../spec/nearest.ts';
import { unreachable } from '../unreachable.ts';
import type { HyperparameterValue, Plan } from './schema.ts';

/** Every hyperparameter of a model type, the given ones checked, the others by default; throws TabpodError `plan/…`. */
export function hyperparametersOf(
  modelType: ModelType,
  task: Task,
  given: Readonly<Record<string, HyperparameterValue>>,
): Record<string, HyperparameterValue> {
  const known = catalogue[modelType].hyperparameters;
  for (const parameter of Object.keys(given)) {
    if (known.some(({ name }) => name === parameter)) continue;
    const nearest = nearestNames(
      parameter,
      known.map(({ name }) => name),
    );
    throw new TabpodError('plan/unknown-hyperparameter', { modelType, parameter, nearest });
  }
  return Object.fromEntries(
    known.map((parameter) => {
      const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
      return [parameter.name, value === undefined ? defaultOf(parameter, task) : checked(parameter, value, modelType)];
    }),
  );
}

/** Refuses choices that CatBoost fails on; on a GPU it even crashes on some. Throws TabpodError `plan/…`. */
export function refuseTogether({
  family,
  task,
  device,
  hyperparameters,
}: Pick<Plan, 'family' | 'task' | 'device' | 'hyperparameters'>) {
  if (family !== 'catboost') return;
  const { boosting_type: boosting, grow_policy: growth, bootstrap_type: bootstrap } = hyperparameters;
  if (boosting === 'Ordered' && growth !== 'SymmetricTree') {
    throw new TabpodError('plan/catboost-ordered', { parameter: 'grow_policy', growth: String(growth) });
  }
  if (device !== 'cuda') return;
  if (bootstrap === 'MVS') throw new TabpodError('plan/catboost-mvs', { parameter: 'bootstrap_type' });
  if (task !== 'multiclass_classification') return;
  if (boosting === 'Ordered') throw new TabpodError('plan/catboost-ordered-gpu', { parameter: 'boosting_type' });
  if (growth === 'SymmetricTree' && hyperparameters.depth === 16) {
    throw new TabpodError('plan/catboost-depth', { parameter: 'depth' });
  }
}

type Numeric = Extract<Hyperparameter, { type: 'integer' | 'number' }>;

function checked(parameter: Hyperparameter, value: HyperparameterValue, modelType: ModelType): HyperparameterValue {
  const facts = { parameter: parameter.name, modelType, value: String(value) };
  switch (parameter.type) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw new TabpodError('plan/hyperparameter-type', { ...facts, expected: 'true or false' });
    case 'choice':
      if (typeof value === 'string' && parameter.choices.includes(value)) return value;
      throw new TabpodError('plan/hyperparameter-choice', { ...facts, choices: parameter.choices.join(', ') });
    case 'integer':
    case 'number':
      return checkedNumber(parameter, value, facts);
    default:
      return unreachable(parameter);
  }
}

function checkedNumber(
  { type, min, max }: Numeric,
  value: HyperparameterValue,
  facts: { parameter: string; modelType: ModelType; value: string },
): number {
  const fits = type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  if (typeof value !== 'number' || !fits) {
    const expected = type === 'integer' ? 'a whole number' : 'a number';
    throw new TabpodError('plan/hyperparameter-type', { ...facts, expected });
  }
  if (value < min || value > max) throw new TabpodError('plan/hyperparameter-range', { ...facts, min, max });
  return value;
}
