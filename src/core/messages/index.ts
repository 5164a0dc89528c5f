import { ACCOUNT_MESSAGES } from './account.ts';
import { DATA_MESSAGES } from './data.ts';
import { HOST_MESSAGES } from './host.ts';
import { JOB_MESSAGES } from './job.ts';
import { LOCAL_MESSAGES } from './local.ts';
import { SPEC_MESSAGES } from './spec.ts';

/** Every sentence a user can read as an error or a warning: code → English with named `{places}`. */
export const MESSAGES = {
  ...ACCOUNT_MESSAGES,
  ...DATA_MESSAGES,
  ...HOST_MESSAGES,
  ...JOB_MESSAGES,
  ...LOCAL_MESSAGES,
  ...SPEC_MESSAGES,
} as const;

export type MessageCode = keyof typeof MESSAGES;

type Places<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;

/** The facts a message needs: one for each `{place}` of its sentence, checked at compile time. */
export type FactsOf<C extends MessageCode> = Readonly<Record<Places<(typeof MESSAGES)[C]>, string | number>>;

/** A message with its facts, as it is stored in profiles and ledgers. */
export interface Message {
  readonly code: MessageCode;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Builds a stored message; the compiler asks for exactly the facts its sentence names. */
export function message<C extends MessageCode>(code: C, facts: FactsOf<C>): Message {
  return { code, facts };
}

/** Whether a stored code is one this version has a sentence for. */
export function isMessageCode(code: string): code is MessageCode {
  return Object.hasOwn(MESSAGES, code);
}
