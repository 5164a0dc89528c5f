import * as z from 'zod/mini';
import { finalSchema } from '../contract/status.ts';
import { modelIdSchema } from '../model-id.ts';
import { specSchema } from '../spec/schema.ts';

const at = z.int().check(z.gte(0));
const text = z.string();
const price = z.nullable(z.number().check(z.gte(0)));
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const datasetSchema = z.object({
  name: text,
  sha256: z.nullable(hash),
  key: z.nullable(text),
  bytes: z.nullable(z.number()),
});

/** What was submitted. Never changes; complete enough to drive the job from any process. */
export const submissionSchema = z.looseObject({
  version: z.literal(1),
  id: modelIdSchema,
  backend: z.enum(['local', 'runpod']),
  volumeId: text,
  owner: text,
  spec: specSchema,
  modelType: text,
  target: text,
  dataset: datasetSchema,
  /** A file of test rows, where the split has one. */
  testDataset: z.optional(datasetSchema),
  scriptSha256: hash,
  runnerSha256: hash,
  /** The family's pinned packages; absent in jobs submitted before there were locks. */
  lockSha256: z.optional(hash),
  /** GPU ids in the order they are tried, with the price seen at submit; empty on this computer. */
  quotes: z.array(z.object({ gpu: text, pricePerHour: z.number() })),
  gpuCount: z.int(),
  image: text,
  diskGb: z.int(),
  limits: z.object({ hours: z.number(), usd: z.number() }),
});
export type Submission = z.infer<typeof submissionSchema>;

export const stopCauseSchema = z.enum([
  'user',
  'time_limit',
  'cost_limit',
  'interrupted',
  'boot_timeout',
  'silent',
  'provider',
  'price',
]);
export type StopCause = z.infer<typeof stopCauseSchema>;

export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded') }),
  z.object({ kind: z.literal('failed'), reason: text, detail: text }),
  z.object({ kind: z.literal('stopped'), by: stopCauseSchema }),
  z.object({ kind: z.literal('lost') }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What happened to a job, in order. A machine is named before it is rented. `at`: milliseconds since the epoch. */
export const jobEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('submitted'),
    at,
    driver: z.object({ pid: z.int(), host: text }),
    submission: submissionSchema,
  }),
  /** Dataset, runner, script and job.json lie on the volume, verified. */
  z.object({ kind: z.literal('staged'), at }),
  z.object({ kind: z.literal('intended'), at, machine: text, gpu: z.nullable(text), quote: price }),
  z.object({ kind: z.literal('created'), at, machine: text, id: text, pricePerHour: price }),
  z.object({ kind: z.literal('refused'), at, machine: text, failure: text, detail: text }),
  /** The create call was not answered: a machine of this name may exist. */
  z.object({ kind: z.literal('unresolved'), at, machine: text, detail: text }),
  z.object({ kind: z.literal('running'), at, machine: text }),
  z.object({ kind: z.literal('stop-requested'), at, by: stopCauseSchema }),
  /** control.json asks the runner for a graceful end. */
  z.object({ kind: z.literal('stop-sent'), at }),
  z.object({ kind: z.literal('terminating'), at, machine: text }),
  /** Not on a proven list; the second such read, far enough from the first, makes it gone. */
  z.object({ kind: z.literal('missing'), at, machine: text }),
  z.object({ kind: z.literal('seen'), at, machine: text }),
  z.object({ kind: z.literal('gone'), at, machine: text }),
  z.object({ kind: z.literal('final'), at, status: finalSchema }),
  /** All machines are gone and there is no final status: one read of several before the job counts as lost. */
  z.object({ kind: z.literal('final-missing'), at }),
  z.object({ kind: z.literal('collected'), at, files: z.array(text) }),
  z.object({ kind: z.literal('ended'), at, outcome: outcomeSchema }),
]);
export type JobEvent = z.infer<typeof jobEventSchema>;
export type JobEventKind = JobEvent['kind'];
