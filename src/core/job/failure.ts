import { isMessageCode, type Message } from '../messages/index.ts';
import type { Outcome } from './events.ts';

/** Words of somebody else, to stand inside a sentence of ours. */
export function withoutStop(words: string): string {
  return words.trim().replace(/\.$/, '');
}

/** What a job failed of, as a message where the reason has one: the provider's words stand inside it. */
export function failureMessage(outcome: Outcome & { kind: 'failed' }): Message | undefined {
  const code = `account/${outcome.reason}`;
  return isMessageCode(code) ? { code, facts: { detail: withoutStop(outcome.detail) } } : undefined;
}
