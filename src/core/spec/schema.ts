import * as z from 'zod/mini';
import { PRESETS } from '../catalogue/presets.ts';
import { FAMILIES, MODEL_TYPES, TASKS } from '../model-type.ts';
import { ROLES } from '../profile/schema.ts';

/** Version of the spec format. A new one comes with a function in `UPGRADES` (parse.ts). */
export const SPEC_VERSION = 1;

const says = z.describe;
const name = z.string().check(z.minLength(1));
const share = z.number().check(z.gt(0), z.lt(1));
const count = (min: number, max: number) => z.int().check(z.gte(min), z.lte(max));

/** Where the table is: exactly one of a local file, an http(s) address, or a key that already lies on the volume. */
export const datasetRefSchema = z.union([
  z.strictObject({ path: name.check(says('A file, relative to the folder of this spec.')) }),
  z.strictObject({
    url: z
      .string()
      .check(
        z.regex(/^https?:\/\/[^\s]+$/),
        z.refine(URL.canParse),
        says('An http or https address, without any secret.'),
      ),
  }),
  z.strictObject({
    key: z.string().check(z.regex(/^[A-Za-z0-9._/-]+$/), says('A key that already lies on the volume.')),
  }),
]);
export type DatasetRef = z.infer<typeof datasetRefSchema>;

/** What the user may say of one column; all of it overrides the profile. */
export const columnOptionsSchema = z.strictObject({
  role: z.optional(z.enum(ROLES).check(says('What the column is to the model.'))),
  missing: z.optional(z.array(z.string()).check(says('Cell texts that mean “no value” in this column.'))),
  dateFormat: z.optional(name.check(says('A Python strptime format such as %d.%m.%Y, or ISO8601.'))),
});

const parts = {
  test: z.optional(
    share.check(says('Share of all rows that is kept for the test; left out: 0.2, at most 100,000 rows.')),
  ),
  validation: z.optional(
    share.check(says('Share of all rows that early stopping watches; left out: by their number.')),
  ),
};

/** How rows are divided into training, validation and test parts. */
export const splitSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('auto'), ...parts }),
  z.strictObject({ kind: z.literal('stratified'), ...parts }),
  z.strictObject({ kind: z.literal('random'), ...parts }),
  z.strictObject({
    kind: z.literal('time'),
    column: name.check(says('The newest rows by this column are the test part.')),
    ...parts,
    gap: z.optional(z.int().check(z.gte(0), says('Rows left out between two parts, in the order of time.'))),
  }),
  z.strictObject({
    kind: z.literal('group'),
    column: name.check(says('Rows with the same value here stay in the same part.')),
    ...parts,
  }),
  z.strictObject({
    kind: z.literal('column'),
    column: name.check(says('A column whose cells say of each row: train, validation or test.')),
    validation: z.optional(
      share.check(says('Share of the training rows that early stopping watches, where the column names none.')),
    ),
  }),
  z.strictObject({
    kind: z.literal('file'),
    test: datasetRefSchema.check(says('A second table with the same columns, whose rows are the test part.')),
    validation: z.optional(share.check(says('Share of the rows of the dataset that early stopping watches.'))),
  }),
]);

export const objectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['default', 'log1p', 'mae']) }),
  z.strictObject({ kind: z.literal('quantile'), alpha: share.check(says('Which quantile: 0.5 is the median.')) }),
]);

const scalar = z.union([z.number(), z.string(), z.boolean()]);

/** Keep only the rows for which every condition holds. */
const conditionSchema = z.strictObject({
  column: name,
  is: z.enum(['=', '!=', '<', '<=', '>', '>=', 'missing', 'present']),
  value: z.optional(scalar),
});

export const computeSchema = z.strictObject({
  backend: z.optional(z.enum(['local', 'runpod']).check(says('Where to train: on this computer or on RunPod.'))),
  gpus: z.optional(z.array(name).check(z.minLength(1), says('RunPod GPU ids in the order they are tried.'))),
  gpuCount: z.optional(count(1, 8).check(says('GPUs of one pod.'))),
  device: z.optional(
    z.enum(['cpu', 'cuda']).check(says('Left out: the GPU on RunPod where the table is large enough to gain from it.')),
  ),
  allowCpu: z.optional(
    z.boolean().check(says('Train on the CPU when a GPU was asked for and none works, instead of failing.')),
  ),
  image: z.optional(name.check(says('Container image of the pod.'))),
  diskGb: z.optional(count(10, 2000).check(says('Disk of the pod in GB.'))),
});

export const limitsSchema = z.strictObject({
  hours: z.optional(z.number().check(z.gt(0), z.lte(168), says('The job is stopped after this many hours.'))),
  usd: z.optional(
    z.number().check(z.gt(0), z.lte(10_000), says('The job is stopped before it costs more US dollars.')),
  ),
});

export const metricSchema = z.strictObject({
  stopOn: z.optional(name.check(says('The metric that early stopping watches.'))),
  headline: z.optional(name.check(says('The metric shown first.'))),
});

/** What the user wants, as it lies in `<name>.tabpod.json`. Only dataset and target are needed; `resolve` fills the rest. */
export const specSchema = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.literal(SPEC_VERSION).check(says('Version of the spec format.')),
  dataset: datasetRefSchema.check(says('Where the table is: exactly one of path, url and key.')),
  target: name.check(says('The column to predict.')),
  features: z.optional(
    z.array(name).check(z.minLength(1), says('Columns to learn from; left out: every usable column but the target.')),
  ),
  task: z.optional(z.enum(TASKS).check(says('What is predicted; left out: told from the target.'))),
  model: z.optional(
    z.enum([...FAMILIES, ...MODEL_TYPES]).check(says('A model type, or a family whose task is told from the target.')),
  ),
  hyperparameters: z.optional(
    z.record(z.string(), scalar).check(says('Hyperparameters by the library’s own names; left out: good defaults.')),
  ),
  preset: z.optional(
    z.enum(PRESETS).check(says('Other defaults: lowest_class_error wants the right class, not honest probabilities.')),
  ),
  bagging: z.optional(
    z.boolean().check(says('Fit a model on each of five folds and average them: often better, five times the work.')),
  ),
  split: z.optional(splitSchema.check(says('How rows are divided into training, validation and test parts.'))),
  seed: z.optional(count(0, 2 ** 31 - 1).check(says('Seed of split and training; left out: 42.'))),
  compute: z.optional(computeSchema.check(says('Where to train and on what.'))),
  limits: z.optional(limitsSchema.check(says('What the job may take at most.'))),
  metric: z.optional(metricSchema.check(says('Which metrics count.'))),
  objective: z.optional(objectiveSchema.check(says('What a regression minimises.'))),
  sampleWeight: z.optional(name.check(says('A numeric column that says how much each row counts.'))),
  rows: z.optional(z.array(conditionSchema).check(says('Only rows for which each condition holds are used.'))),
  columns: z.optional(
    z.record(z.string(), columnOptionsSchema).check(says('What is said of single columns, by name.')),
  ),
  families: z.optional(z.array(z.enum(FAMILIES)).check(z.minLength(1), says('Model families to compare.'))),
  folds: z.optional(count(2, 20).check(says('Folds of cross-validation.'))),
  machines: z.optional(count(1, 64).check(says('Machines that share the work.'))),
});
export type Spec = z.infer<typeof specSchema>;
