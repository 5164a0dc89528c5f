import * as z from 'zod/mini';
import { messageOf, systemCode } from '../../base/error.ts';
import { BackendError, type BackendFailure } from '../ports.ts';

/** An HTTP answer that is no success. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** Content of `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** What an unanswered call may have done: nothing that a second one could not do again, or rented a pod. */
export type Effect = 'repeatable' | 'rent';

// RunPod gives no code for these: 400 means "no capacity" and "bad request" alike, so the sentence decides.
const CAPACITY = [
  /no longer any instances available/i,
  /no resources to deploy/i,
  /does not have the resources to deploy/i,
  /no compatible cuda host/i,
  /not enough free gpus/i,
];
const FUNDS = [/balance is too low/i, /add funds/i, /insufficient (balance|funds)/i];
const CLOUDFLARE_CLIENT_BAN = /error code: 1010/i;

const DEFAULT_WAIT_MS = 10_000;

/** Failures that come before a request has left this computer, so that nothing can have been rented. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const problemSchema = z.object({ detail: z.string(), errors: z.optional(z.array(z.string())) });

/** Reads a refusal of REST v2: status codes first, RunPod's sentences where the code leaves it open. */
export function restFailure(refusal: Refusal, effect: Effect): BackendFailure {
  const detail = wordsOf(refusal);
  if (CLOUDFLARE_CLIENT_BAN.test(detail)) return { kind: 'unavailable', detail };
  if (refusal.status === 401) return { kind: 'bad-key', detail };
  if (refusal.status === 402) return { kind: 'no-funds', detail };
  if (refusal.status === 403) return { kind: 'forbidden', detail };
  if (refusal.status === 429) {
    return { kind: 'rate-limited', detail, waitMs: refusal.retryAfterMs ?? DEFAULT_WAIT_MS };
  }
  return saidFailure(detail) ?? undecided(refusal.status, detail, effect);
}

function saidFailure(detail: string): BackendFailure | undefined {
  if (FUNDS.some((sentence) => sentence.test(detail))) return { kind: 'no-funds', detail };
  if (CAPACITY.some((sentence) => sentence.test(detail))) return { kind: 'no-capacity', detail };
  return undefined;
}

function undecided(status: number, detail: string, effect: Effect): BackendFailure {
  const clear = status >= 400 && status < 500 && status !== 408;
  return clear ? { kind: 'refused', detail } : unanswered(detail, effect);
}

/** RunPod may have acted, or not: only renting makes that matter. */
function unanswered(detail: string, effect: Effect): BackendFailure {
  return effect === 'rent' ? { kind: 'unknown-outcome', detail } : { kind: 'unavailable', detail };
}

/** RunPod's own words, without the page a proxy wraps around its errors. */
function wordsOf({ status, body }: Refusal): string {
  const problem = parseProblem(body);
  if (problem) return [problem.detail, ...(problem.errors ?? [])].join(' ');
  const text = /<html|<!doctype/i.test(body) ? '' : body.replace(/\s+/g, ' ').trim().slice(0, 200);
  return text ? `HTTP ${status}: ${text}` : `HTTP ${status}`;
}

function parseProblem(body: string): z.infer<typeof problemSchema> | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Reads what `fetch` threw: refused connections and unknown hosts never reached RunPod, a cut or slow one may have. */
export function networkFailure(error: unknown, effect: Effect): BackendFailure {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = systemCode(cause);
  const detail = [messageOf(error), ...(cause === error ? [] : [messageOf(cause)])].join(': ');
  if (code !== undefined && NEVER_SENT.has(code)) return { kind: 'unavailable', detail };
  return unanswered(detail, effect);
}

/** An answer in a shape that we do not know: after a create, something may have been rented. */
export function unreadable(detail: string, effect: Effect): BackendFailure {
  return unanswered(`RunPod's answer could not be read: ${detail}`, effect);
}

const NOT_THE_KEY = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken']);

const sdkErrorSchema = z.object({
  name: z.string(),
  message: z.string(),
  Code: z.optional(z.string()),
  $metadata: z.optional(z.object({ httpStatusCode: z.optional(z.number()) })),
  $response: z.optional(z.object({ statusCode: z.optional(z.number()) })),
});

/** The HTTP status behind an error of the S3 client; `undefined` when there was no answer at all. */
export function storageStatus(error: unknown): number | undefined {
  const known = sdkErrorSchema.safeParse(error).data;
  return known?.$metadata?.httpStatusCode ?? known?.$response?.statusCode;
}

/** The code in an S3 error document, such as `NoSuchUpload`. */
export function storageCode(error: unknown): string | undefined {
  const known = sdkErrorSchema.safeParse(error).data;
  return known?.Code ?? known?.name;
}

/** Reads an error of the S3 client. Storage rents nothing, so nothing here is `unknown-outcome`. */
export function storageFailure(error: unknown): BackendFailure {
  const status = storageStatus(error);
  const code = storageCode(error) ?? '';
  const detail = `storage: ${[status && `HTTP ${status}`, code, messageOf(error)].filter(Boolean).join(' ')}`;
  if (status === undefined) return { kind: 'unavailable', detail };
  if (status === 507) return { kind: 'volume-full', detail };
  if (status === 401 || NOT_THE_KEY.has(code)) return { kind: 'bad-key', detail };
  if (status === 403 && code !== 'RequestTimeTooSkewed') return { kind: 'forbidden', detail };
  if (status === 429 || code === 'SlowDown') return { kind: 'rate-limited', detail, waitMs: DEFAULT_WAIT_MS };
  return status >= 500 || status === 408 || code === 'RequestTimeout'
    ? { kind: 'unavailable', detail }
    : { kind: 'refused', detail };
}

/** Turns whatever the S3 client threw into a BackendError, and leaves ours and a cancellation as they are. */
export function storageError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  return error instanceof BackendError ? error : new BackendError(storageFailure(error), { cause: error });
}
