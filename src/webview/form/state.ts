import type { FormMessage, FormPlan, FormToPage } from '../../protocol/form.ts';

export type Path = readonly (string | number)[];
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type SpecJson = Readonly<Record<string, unknown>>;

export interface Edit {
  readonly id: string;
  readonly path: Path;
  readonly value: Json | undefined;
}

/** Everything the page shows. Only `spec` and `pending` ever change without a message. */
export interface FormState {
  readonly spec: SpecJson | null;
  readonly broken: string | null;
  /** Edits that were sent and have not come back, oldest first. */
  readonly pending: readonly Edit[];
  readonly place: FormMessage<'place'> | null;
  readonly profile: FormMessage<'profile'> | null;
  readonly verdict: FormMessage<'verdict'> | null;
  /** The latest plan there was, and the spec it was made from. */
  readonly planned: { readonly spec: SpecJson; readonly plan: FormPlan } | null;
  readonly offers: FormMessage<'offers'> | null;
  readonly busy: string | null;
}

export const EMPTY: FormState = {
  spec: null,
  broken: null,
  pending: [],
  place: null,
  profile: null,
  verdict: null,
  planned: null,
  offers: null,
  busy: null,
};

/** The state after a message of the host. */
export function receive(state: FormState, message: FormToPage): FormState {
  switch (message.type) {
    case 'document':
      return receiveDocument(state, message);
    case 'busy':
      return { ...state, busy: message.text };
    case 'place':
      return { ...state, place: message };
    case 'profile':
      return { ...state, profile: message };
    case 'verdict':
      return receiveVerdict(state, message);
    case 'offers':
      return { ...state, offers: message };
  }
}

/**
 * An echo of an own edit holds nothing new. Anything else replaces the spec, with the edits that are still on their way
 * applied again: the host will apply them to this very text.
 */
function receiveDocument(state: FormState, { causedBy, spec, broken }: FormMessage<'document'>): FormState {
  const pending = state.pending.filter(({ id }) => id !== causedBy);
  if (pending.length < state.pending.length) return { ...state, pending, broken };
  return { ...state, pending, broken, spec: spec && pending.reduce(applyEdit, spec) };
}

/** A verdict that edits have overtaken is shown, but not kept: which spec it is about is not known. */
function receiveVerdict(state: FormState, verdict: FormMessage<'verdict'>): FormState {
  const { spec, pending } = state;
  const { plan } = verdict;
  const planned = spec && plan && pending.length === 0 ? { spec, plan } : state.planned;
  return { ...state, verdict, planned };
}

/** The plan in force; while a setting is refused, the latest one with the same target, task and model. */
export function planOf({ spec, verdict, planned }: FormState): FormPlan | null {
  if (verdict?.plan) return verdict.plan;
  const same = ['target', 'task', 'model'].every((key) => at(spec, key) === at(planned?.spec ?? null, key));
  return same ? (planned?.plan ?? null) : null;
}

/** The state after an edit of the user, before the host has seen it. */
export function edited(state: FormState, edit: Edit): FormState {
  if (!state.spec) return state;
  return { ...state, spec: applyEdit(state.spec, edit), pending: [...state.pending, edit] };
}

function applyEdit(spec: SpecJson, { path, value }: Edit): SpecJson {
  const changed = setIn(spec, path, value);
  return isObject(changed) ? changed : spec;
}

function setIn(node: unknown, path: Path, value: Json | undefined): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  // Nothing lies below a value that is no object.
  if (!isObject(node) && value === undefined) return node;
  const parent = isObject(node) ? node : {};
  const child = setIn(Object.hasOwn(parent, key) ? parent[key] : undefined, rest, value);
  const others = Object.entries(parent).filter(([name]) => name !== String(key));
  return Object.fromEntries(child === undefined ? others : [...others, [key, child]]);
}

/** The value at a place of the spec, whatever it is. */
export function at(spec: SpecJson | null, ...path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) => (isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined),
    spec,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
