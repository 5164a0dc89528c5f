import * as z from 'zod/mini';
import { ARTEFACT_NAME } from './keys.ts';

/** Version of the contract between the host and a machine: status.json, control.json, claim.json, the environment. */
export const CONTRACT_VERSION = 1;

/** `status.json` is never larger than this; a larger one is refused unread. */
export const STATUS_MAX_BYTES = 64 * 1024;

const count = z.int().check(z.gte(0));
const text = (limit: number) => z.string().check(z.maxLength(limit));

/** Why a run ended without success, as the runner saw it. */
export const FAILURE_REASONS = [
  'input_missing',
  'input_damaged',
  'environment',
  'script',
  'crashed',
  'no_space',
  'no_gpu',
  'out_of_memory',
] as const;

/** How a run ended, written once, after every result is on the volume. */
export const finalSchema = z.object({
  outcome: z.enum(['succeeded', 'failed', 'stopped']),
  /** For `failed`, one of FAILURE_REASONS; for `stopped`, `time_limit` or what control.json said; null on success. */
  reason: z.nullable(text(64)),
  /** One sentence for people: the script's last error line, or what was missing. */
  detail: z.nullable(text(2000)),
  /** Exit code of the script; null when it never started. */
  exit: z.nullable(z.int()),
  /** Every file of the run directory that the host may fetch. */
  files: z.record(
    z.string().check(z.regex(ARTEFACT_NAME)),
    z.object({ bytes: count, sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
  ),
});
export type FinalStatus = z.infer<typeof finalSchema>;

/** The one file the host polls while a job runs. Written by the runner, replaced by rename. */
export const statusSchema = z.object({
  version: z.literal(CONTRACT_VERSION),
  attempt: count,
  /** The machine that holds the claim: RUNPOD_POD_ID, or the id the host gave a local process. */
  machine: text(128),
  /** `waiting` for inputs, `preparing` the environment, `running` the script, `ended` when `final` is set. */
  state: z.enum(['waiting', 'preparing', 'running', 'ended']),
  /** Grows by one with every write: the host takes a changed beat for a sign of life. */
  beat: count,
  /** Seconds since the runner started, on a clock that never jumps. */
  elapsed: z.number().check(z.gte(0)),
  /** What the script says it is doing: reading, preparing, training, evaluating, saving, … */
  phase: z.nullable(text(64)),
  round: z.nullable(count),
  of: z.nullable(count),
  metric: z.nullable(z.object({ name: text(64), value: z.number() })),
  /** The newest lines of the log. */
  tail: z.array(text(2000)).check(z.maxLength(40)),
  /** How many closed chunks there are: numbers 1 to this. */
  logChunks: count,
  progressChunks: count,
  /** Whether the runner can end its own machine: asked with the pod-scoped key at the start. */
  selfTermination: z.enum(['works', 'refused', 'not_needed', 'unknown']),
  final: z.nullable(finalSchema),
});
export type Status = z.infer<typeof statusSchema>;

/** `control.json`, written by the host: the runner sends SIGTERM, gives the script its grace and ends. */
export const controlSchema = z.object({
  version: z.literal(CONTRACT_VERSION),
  stop: z.string().check(z.maxLength(64)),
});
export type Control = z.infer<typeof controlSchema>;
