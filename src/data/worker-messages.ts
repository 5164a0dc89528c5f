import * as z from 'zod/mini';
import { TabpodError } from '../core/error.ts';
import { type FactsOf, MESSAGES, type MessageCode } from '../core/messages/index.ts';
import { profileSchema } from '../core/profile/schema.ts';

/** What crosses the border between a thread that wants a profile and the worker that makes it. */

export const jobSchema = z.object({
  dataset: z.union([z.object({ path: z.string() }), z.object({ url: z.string(), userAgent: z.string() })]),
  sampleBytes: z.optional(z.int().check(z.gte(1))),
});
export type WorkerJob = z.infer<typeof jobSchema>;

export const answerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), read: z.number(), total: z.optional(z.number()) }),
  z.object({ type: z.literal('profile'), profile: profileSchema }),
  /** A TabpodError: code and facts, no sentence. */
  z.object({
    type: z.literal('refused'),
    code: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.object({ type: z.literal('failed'), detail: z.string() }),
]);
export type WorkerAnswer = z.infer<typeof answerSchema>;

function isCode(code: string): code is MessageCode {
  return Object.hasOwn(MESSAGES, code);
}

/** The error that was thrown on the other side; `undefined` for a code this side does not know. */
export function restoredError(code: string, facts: Readonly<Record<string, string | number>>): TabpodError | undefined {
  // The other side built the error from this very catalogue, so its facts are those of its code.
  return isCode(code) ? new TabpodError(code, facts as FactsOf<MessageCode>) : undefined;
}
