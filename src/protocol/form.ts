import * as z from 'zod/mini';

const text = z.string().check(z.maxLength(10_000));
const count = z.int().check(z.gte(0));

/** What the form's page may ask the host to do. */
export const FORM_ACTIONS = ['preview', 'submit', 'read', 'reread', 'openText', 'save', 'connect', 'offers'] as const;
export type FormAction = (typeof FORM_ACTIONS)[number];

/** From the page. `edit` sets one place of the spec; without `value` the place is removed. */
export const formToHostSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('edit'),
    id: z.string().check(z.minLength(1), z.maxLength(64)),
    path: z.array(z.union([text, count])).check(z.minLength(1), z.maxLength(8)),
    value: z.optional(z.json()),
  }),
  z.strictObject({ type: z.literal('action'), action: z.enum(FORM_ACTIONS) }),
]);
export type FormToHost = z.infer<typeof formToHostSchema>;

/** One column as the page shows it: no histogram, no values. */
const columnSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  role: z.string(),
  /** 0–1. */
  missing: z.number(),
  distinct: count,
  distinctExact: z.boolean(),
});
export type FormColumn = z.infer<typeof columnSchema>;

/** A sentence about one field of the form; `field` is a path in the spec joined with dots, or `form`. */
const problemSchema = z.strictObject({
  field: z.string(),
  /** `note`: good to know, nothing to do. */
  severity: z.enum(['error', 'warning', 'note']),
  text: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

const planSchema = z.strictObject({
  task: z.string(),
  modelType: z.string(),
  features: z.array(z.string()),
  leftOut: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** Shares of the rows; `null` where a column or a file says which rows are tested on. */
  split: z.strictObject({ test: z.nullable(z.number()), validation: z.number() }),
  seed: count,
});
export type FormPlan = z.infer<typeof planSchema>;

const offerSchema = z.strictObject({
  gpu: z.string(),
  label: z.string(),
  memoryGb: z.number(),
  pricePerHour: z.number(),
  stock: z.enum(['none', 'low', 'medium', 'high']),
  readAt: z.number(),
});
export type FormOffer = z.infer<typeof offerSchema>;

/** From the host. `document` is the only state; everything else is derived from it. */
export const formToPageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('document'),
    version: count,
    /** Id of the edit that led here; the page that sent it ignores this message. */
    causedBy: z.nullable(z.string()),
    spec: z.nullable(z.record(z.string(), z.unknown())),
    /** Why the text is not a spec that a form can show. */
    broken: z.nullable(z.string()),
  }),
  z.strictObject({ type: z.literal('place'), dataset: z.string(), draft: z.boolean() }),
  z.strictObject({
    type: z.literal('profile'),
    /** `asking`: nothing is read before the user says so. */
    state: z.enum(['none', 'asking', 'reading', 'ready', 'failed']),
    /** Where from, how far, or what went wrong. */
    text: z.string(),
    profile: z.nullable(
      z.strictObject({ rows: count, exact: z.boolean(), bytes: z.nullable(count), columns: z.array(columnSchema) }),
    ),
  }),
  z.strictObject({ type: z.literal('verdict'), problems: z.array(problemSchema), plan: z.nullable(planSchema) }),
  z.strictObject({
    type: z.literal('offers'),
    state: z.enum(['none', 'disconnected', 'reading', 'ready', 'failed']),
    text: z.string(),
    offers: z.array(offerSchema),
  }),
  /** What is going on after Submit; `null` when nothing is. */
  z.strictObject({ type: z.literal('busy'), text: z.nullable(z.string()) }),
]);
export type FormToPage = z.infer<typeof formToPageSchema>;
export type FormMessage<T extends FormToPage['type']> = Extract<FormToPage, { type: T }>;
