import { sentence, TabpodError } from '../core/error.ts';
import { withoutStop } from '../core/job/failure.ts';
import type { MessageCode } from '../core/messages/index.ts';
import { BackendError } from './ports.ts';

type Facts = Readonly<Record<string, string | number>>;

/**
 * One sentence for anything that was thrown: ours from the catalogue, a backend's failure with the provider's own words
 * in it, others as they came. `word` fills a message of the catalogue; a host that localises gives its own.
 */
export function explainAny(error: unknown, word: (code: MessageCode, facts: Facts) => string = sentence): string {
  if (error instanceof TabpodError) return word(error.code, error.facts);
  if (error instanceof BackendError) {
    return word(`account/${error.failure.kind}`, { detail: withoutStop(error.failure.detail) });
  }
  return error instanceof Error ? error.message : String(error);
}

/** The code of a message for anything that was thrown; `unexpected` where the catalogue has none. */
export function codeOf(error: unknown): string {
  if (error instanceof BackendError) return `account/${error.failure.kind}`;
  return error instanceof TabpodError ? error.code : 'unexpected';
}
