import * as z from 'zod/mini';

/** The libraries Tabpod writes scripts for. */
export const FAMILIES = ['xgboost', 'lightgbm', 'catboost', 'keras'] as const;
/** The families as their makers write them. */
export const FAMILY_NAMES = { xgboost: 'XGBoost', lightgbm: 'LightGBM', catboost: 'CatBoost', keras: 'Keras' } as const;
export type Family = (typeof FAMILIES)[number];

/** What is predicted. */
export const TASKS = ['regression', 'binary_classification', 'multiclass_classification'] as const;
export type Task = (typeof TASKS)[number];

/** A family and a task: the twelve kinds of script. */
export type ModelType = `${Family}_${Task}`;

export const MODEL_TYPES: readonly ModelType[] = FAMILIES.flatMap((family) =>
  TASKS.map((task): ModelType => `${family}_${task}`),
);

export const familySchema = z.enum(FAMILIES);
export const taskSchema = z.enum(TASKS);

/** The two halves of a model type; a bare family leaves the task open. `undefined` for anything else. */
export function parseModelType(text: string): { family: Family; task: Task | undefined } | undefined {
  for (const family of FAMILIES) {
    if (text === family) return { family, task: undefined };
    const task = TASKS.find((candidate) => text === `${family}_${candidate}`);
    if (task) return { family, task };
  }
  return undefined;
}
