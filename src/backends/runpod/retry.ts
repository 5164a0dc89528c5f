import { BackendError } from '../ports.ts';
import type { RunpodContext } from './context.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export interface RetryOptions {
  readonly attempts: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Repeats a call that may be made twice, as long as its failure can pass: `unavailable` after 1, 2, 4 … seconds,
 * `rate-limited` after the wait that RunPod asked for. Everything else, and the last failure, is thrown. Never give
 * it a call that rents.
 */
export async function retrying<T>(
  context: Pick<RunpodContext, 'clock' | 'log' | 'waitScale'>,
  call: () => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const wait = waitAfter(error, attempt);
      if (wait === undefined || attempt >= options.attempts) throw error;
      context.log.debug(`RunPod: trying again in ${wait} ms (${error instanceof Error ? error.message : error})`);
      await context.clock.sleep(wait * context.waitScale, options.signal);
      options.signal?.throwIfAborted();
    }
  }
}

/** Milliseconds to wait before the next attempt; `undefined` when another attempt would fail alike. */
function waitAfter(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof BackendError)) return undefined;
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  if (error.failure.kind === 'unavailable') return backoff;
  if (error.failure.kind !== 'rate-limited' || error.failure.waitMs > LONGEST_WAIT_MS) return undefined;
  return Math.max(backoff, error.failure.waitMs);
}
