import * as z from 'zod/mini';

/** What the report's page may ask the host to do; `file` names an artefact of the list it was given. */
export const reportToHostSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('open'), what: z.enum(['log', 'script', 'metrics']) }),
  z.strictObject({ type: z.literal('reveal'), file: z.string().check(z.maxLength(128)) }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type ReportToHost = z.infer<typeof reportToHostSchema>;

const factSchema = z.strictObject({ label: z.string(), value: z.string() });

/** A table of metrics: one row a metric, one cell a column; absent numbers are empty. */
const metricsSchema = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.strictObject({ name: z.string(), cells: z.array(z.string()) })),
});

const fileSchema = z.strictObject({ name: z.string(), size: z.string(), here: z.boolean() });

/** Everything the page shows, already in words: the page only lays it out. */
export const reportToPageSchema = z.strictObject({
  type: z.literal('report'),
  title: z.string(),
  subtitle: z.string(),
  state: z.enum(['live', 'succeeded', 'failed', 'stopped', 'lost']),
  /** What is going on, or how it ended. */
  status: z.string(),
  /** Why there are no numbers, or what is wrong with them. */
  reason: z.nullable(z.string()),
  /** 0–1 while rounds are counted. */
  progress: z.nullable(z.number()),
  headline: z.nullable(
    z.strictObject({ name: z.string(), value: z.string(), interval: z.string(), words: z.string() }),
  ),
  metrics: z.nullable(metricsSchema),
  warnings: z.array(z.string()),
  facts: z.array(factSchema),
  files: z.array(fileSchema),
  tail: z.array(z.string()),
});
export type ReportToPage = z.infer<typeof reportToPageSchema>;
