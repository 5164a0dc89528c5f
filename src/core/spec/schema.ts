import * as z from 'zod/mini';
import { FAMILIES, MODEL_TYPES, taskSchema } from '../model-type.ts';
import { ROLES } from '../profile/schema.ts';

const name = z.string().check(z.minLength(1));
const share = z.number().check(z.gt(0), z.lt(1));

/** Where the table is: exactly one of a local file, an http(s) address, or a key that already lies on the volume. */
export const datasetRefSchema = z.union([
  z.strictObject({ path: name }),
  z.strictObject({ url: z.string().check(z.regex(/^https?:\/\/[^\s]+$/)) }),
  z.strictObject({ key: z.string().check(z.regex(/^[A-Za-z0-9._/-]+$/)) }),
]);
export type DatasetRef = z.infer<typeof datasetRefSchema>;

/** What the user may say of one column; all of it overrides the profile. */
export const columnOptionsSchema = z.strictObject({
  role: z.optional(z.enum(ROLES)),
  missing: z.optional(z.array(z.string())),
  dateFormat: z.optional(name),
});

/** How rows are divided into training, validation and test parts. */
export const splitSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('auto'), test: z.optional(share) }),
  z.strictObject({ kind: z.literal('stratified'), test: z.optional(share) }),
  z.strictObject({ kind: z.literal('random'), test: z.optional(share) }),
  z.strictObject({
    kind: z.literal('time'),
    column: name,
    test: z.optional(share),
    gap: z.optional(z.int().check(z.gte(0))),
  }),
  z.strictObject({ kind: z.literal('group'), column: name, test: z.optional(share) }),
  z.strictObject({ kind: z.literal('column'), column: name }),
  z.strictObject({ kind: z.literal('file'), test: datasetRefSchema }),
]);

export const objectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['default', 'log1p', 'mae']) }),
  z.strictObject({ kind: z.literal('quantile'), alpha: share }),
]);

const scalar = z.union([z.number(), z.string(), z.boolean()]);

/** Keep only the rows for which every condition holds. */
const conditionSchema = z.strictObject({
  column: name,
  is: z.enum(['=', '!=', '<', '<=', '>', '>=', 'missing', 'present']),
  value: z.optional(scalar),
});

export const computeSchema = z.strictObject({
  backend: z.optional(z.enum(['local', 'runpod'])),
  /** RunPod GPU ids in the order they are tried. */
  gpus: z.optional(z.array(name).check(z.minLength(1))),
  gpuCount: z.optional(z.int().check(z.gte(1), z.lte(8))),
  /** Train on the CPU when a GPU was asked for and none works, instead of failing. */
  allowCpu: z.optional(z.boolean()),
  image: z.optional(name),
  diskGb: z.optional(z.int().check(z.gte(10), z.lte(2000))),
});

export const limitsSchema = z.strictObject({
  hours: z.optional(z.number().check(z.gt(0), z.lte(168))),
  usd: z.optional(z.number().check(z.gt(0), z.lte(10_000))),
});

/** What the user wants, as it lies in `<name>.tabpod.json`. Only dataset and target are needed; `resolve` fills the rest. */
export const specSchema = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.literal(1),
  dataset: datasetRefSchema,
  target: name,
  /** Columns to learn from; left out: every usable column but the target. */
  features: z.optional(z.array(name).check(z.minLength(1))),
  task: z.optional(taskSchema),
  /** A model type, or a family whose task is then inferred. */
  model: z.optional(z.enum([...FAMILIES, ...MODEL_TYPES])),
  hyperparameters: z.optional(z.record(z.string(), scalar)),
  split: z.optional(splitSchema),
  seed: z.optional(z.int().check(z.gte(0), z.lte(2 ** 31 - 1))),
  compute: z.optional(computeSchema),
  limits: z.optional(limitsSchema),
  metric: z.optional(z.strictObject({ stopOn: z.optional(name), headline: z.optional(name) })),
  objective: z.optional(objectiveSchema),
  sampleWeight: z.optional(name),
  rows: z.optional(z.array(conditionSchema)),
  columns: z.optional(z.record(z.string(), columnOptionsSchema)),
  families: z.optional(z.array(z.enum(FAMILIES)).check(z.minLength(1))),
  folds: z.optional(z.int().check(z.gte(2), z.lte(20))),
  machines: z.optional(z.int().check(z.gte(1), z.lte(64))),
});
export type Spec = z.infer<typeof specSchema>;
