import { type FactsOf, MESSAGES, type MessageCode } from './messages/index.ts';

/** An error as data: a code of the message catalogue and the facts its sentence names. */
export class TabpodError<C extends MessageCode = MessageCode> extends Error {
  override readonly name = 'TabpodError';
  readonly code: C;
  readonly facts: FactsOf<C>;

  constructor(code: C, facts: FactsOf<C>, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.facts = facts;
  }
}

/** The English sentence of a message, its `{places}` filled. Hosts that localise look the template up themselves. */
export function sentence(code: MessageCode, facts: Readonly<Record<string, string | number>>): string {
  return MESSAGES[code].replace(/\{(\w+)\}/g, (place, name: string) => String(facts[name] ?? place));
}

/** One sentence for anything that was thrown: ours from the catalogue, others as they came. */
export function explain(error: unknown): string {
  if (error instanceof TabpodError) return sentence(error.code, error.facts);
  return error instanceof Error ? error.message : String(error);
}
