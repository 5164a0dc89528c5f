import * as z from 'zod/mini';

/** `metrics.json` is at most this large, by construction of the script; a larger one is refused. */
export const METRICS_MAX_BYTES = 1024 * 1024;

const number = z.number();
const value = z.object({
  value: z.nullable(number),
  low: z.optional(z.nullable(number)),
  high: z.optional(z.nullable(number)),
});

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
    rows_read: number,
    rows_used: number,
    rows_dropped: z.record(z.string(), number),
    split: z.looseObject({
      kind: z.string(),
      seed: number,
      train: number,
      validation: number,
      test: number,
      hash: z.string(),
    }),
    warnings: z.array(z.string()),
  }),
  device: z.looseObject({ requested: z.string(), actual: z.string() }),
  params: z.record(z.string(), z.unknown()),
  rounds: z.nullable(z.looseObject({ best: number, trained: number, cap: number, stop_reason: z.string() })),
  /** Which model each number describes: `selection` was early-stopped on validation, `final` was refitted. */
  headline: z.object({
    name: z.string(),
    value: z.nullable(number),
    baseline: z.nullable(number),
    greater_is_better: z.boolean(),
  }),
  metrics: z.object({
    train: z.optional(z.record(z.string(), value)),
    validation: z.optional(z.record(z.string(), value)),
    test: z.record(z.string(), value),
    baseline: z.record(z.string(), value),
  }),
  timing: z.record(z.string(), number),
  environment: z.record(z.string(), z.string()),
});
export type Report = z.infer<typeof reportSchema>;
