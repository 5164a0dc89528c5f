import type * as z from 'zod/mini';
import { messageOf } from '../../../base/error.ts';
import { BackendError } from '../../ports.ts';
import { type RunpodContext, userAgent } from '../context.ts';
import { type Effect, networkFailure, type Refusal, restFailure, unreadable } from '../errors.ts';
import { retrying } from '../retry.ts';

const READ_ATTEMPTS = 4;
const READ_LIMIT_MS = 30_000;
/** Finding a machine takes RunPod longer than a read, and giving up early leaves the outcome unknown. */
const CREATE_LIMIT_MS = 120_000;
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/** Calls to REST v2. Every one may throw BackendError. */
export interface RestClient {
  /** GET, repeated while RunPod is unavailable. */
  read<T extends z.ZodMiniType>(path: string, schema: T): Promise<z.output<T>>;
  /** POST that rents: sent exactly once. */
  rent<T extends z.ZodMiniType>(path: string, body: object, schema: T): Promise<z.output<T>>;
  /** POST that may be sent twice and may find its object gone; both are fine. */
  act(path: string, body: object): Promise<void>;
}

/** Time limits of single calls in milliseconds; tests make them short. */
export interface CallLimits {
  readonly readMs: number;
  readonly rentMs: number;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly effect: Effect;
  readonly limitMs: number;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs: number | undefined;
}

export function createRestClient(
  context: RunpodContext,
  limits: CallLimits = { readMs: READ_LIMIT_MS, rentMs: CREATE_LIMIT_MS },
): RestClient {
  const repeatable = (method: Call['method'], path: string, body?: object): Call => ({
    method,
    path,
    ...(body && { body }),
    effect: 'repeatable',
    limitMs: limits.readMs,
  });
  return {
    read: (path, schema) =>
      retrying(
        context,
        async () => {
          const call = repeatable('GET', path);
          return understand(call, success(call, await exchange(context, call)), schema);
        },
        { attempts: READ_ATTEMPTS },
      ),
    rent: async (path, body, schema) => {
      const call: Call = { method: 'POST', path, body, effect: 'rent', limitMs: limits.rentMs };
      return understand(call, success(call, await exchange(context, call)), schema);
    },
    act: (path, body) =>
      retrying(
        context,
        async () => {
          const call = repeatable('POST', path, body);
          const reply = await exchange(context, call);
          if (reply.status !== 404) success(call, reply);
        },
        { attempts: READ_ATTEMPTS },
      ),
  };
}

async function exchange(context: RunpodContext, call: Call): Promise<Reply> {
  try {
    const response = await context.fetch(context.settings.restUrl.replace(/\/+$/, '') + call.path, {
      method: call.method,
      headers: {
        Authorization: `Bearer ${context.settings.apiKey}`,
        'User-Agent': userAgent(context.version),
        Accept: 'application/json',
        ...(call.body && { 'Content-Type': 'application/json' }),
      },
      ...(call.body && { body: JSON.stringify(call.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(call.limitMs),
    });
    const body = await boundedText(response);
    context.log.debug(`RunPod: ${call.method} ${call.path.replace(/\?.*/, '')} answered ${response.status}`);
    return { status: response.status, body, retryAfterMs: retryAfter(response.headers.get('Retry-After')) };
  } catch (error) {
    if (error instanceof BackendError) throw error;
    throw new BackendError(networkFailure(error, call.effect), { cause: error });
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_REPLY_BYTES) throw new RangeError(`the reply holds more than ${MAX_REPLY_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function retryAfter(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function success(call: Call, reply: Reply): string {
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  const refusal: Refusal = reply;
  throw new BackendError(restFailure(refusal, call.effect));
}

function understand<T extends z.ZodMiniType>(call: Call, body: string, schema: T): z.output<T> {
  try {
    return schema.parse(JSON.parse(body));
  } catch (error) {
    const detail = `${call.method} ${call.path.replace(/\?.*/, '')}: ${messageOf(error).slice(0, 300)}`;
    throw new BackendError(unreadable(detail, call.effect), { cause: error });
  }
}
