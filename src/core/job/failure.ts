import { isMessageCode, type Message } from '../messages/index.ts';
import type { Outcome } from './events.ts';

/** What a job failed of, as a message where the reason has one: the provider's words stand inside it. */
export function failureMessage(outcome: Outcome & { kind: 'failed' }): Message | undefined {
  const code = `account/${outcome.reason}`;
  return isMessageCode(code) ? { code, facts: { detail: outcome.detail } } : undefined;
}
