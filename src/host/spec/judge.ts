import type { Tabpod } from '../../app/tabpod.ts';
import { TabpodError } from '../../core/error.ts';
import { limitsOf } from '../../core/job/limits.ts';
import { MESSAGES, type MessageCode } from '../../core/messages/index.ts';
import type { Plan } from '../../core/plan/schema.ts';
import { planWarnings } from '../../core/plan/warnings.ts';
import type { Profile } from '../../core/profile/schema.ts';
import { parseSpec } from '../../core/spec/parse.ts';
import type { Spec } from '../../core/spec/schema.ts';
import type { Problem } from '../../protocol/form.ts';

/** What can be said of a spec's text: what is wrong with it, and the script if nothing is. */
export interface Verdict {
  readonly problems: readonly Problem[];
  /** There when the text is a spec, whether or not it can be planned. */
  readonly spec: Spec | undefined;
  readonly ready: Ready | undefined;
}

/** A spec that can be submitted, all parts belonging together. */
export interface Ready {
  readonly spec: Spec;
  readonly profile: Profile;
  readonly plan: Plan;
  readonly script: string;
}

/** What `judge` needs of the rest: planning, wording, and the user's own maximum. */
export interface Judge {
  readonly tabpod: Pick<Tabpod, 'plan' | 'script'>;
  explain(error: unknown): string;
  word(code: MessageCode, facts: Facts): string;
  readonly maximum: { readonly hours: number; readonly usd: number };
}

type Facts = Readonly<Record<string, string | number>>;

/** Findings that ask for nothing. */
const NOTES: ReadonlySet<MessageCode> = new Set(['data/missing-tokens', 'data/not-exact', 'plan/sampled']);

/** Most warnings the form shows; the rest would bury them. */
const MAX_WARNINGS = 8;

/** Judges the text of a spec against what is known of its dataset. */
export function judge(text: string, name: string, profile: Profile | undefined, deps: Judge): Verdict {
  let spec: Spec | undefined;
  try {
    spec = parseSpec(text, name);
    if (!profile) return { problems: [], spec, ready: undefined };
    const plan = deps.tabpod.plan(spec, profile);
    const script = deps.tabpod.script(plan);
    const over = overMaximum(spec, deps);
    if (over.length > 0) return { problems: over, spec, ready: undefined };
    return { problems: warnings({ spec, profile, plan }, deps), spec, ready: { spec, profile, plan, script } };
  } catch (error) {
    const known = profile ? said(profile.findings, undefined, deps) : [];
    return { problems: [problemOf(error, deps), ...known], spec, ready: undefined };
  }
}

function problemOf(error: unknown, { explain, word }: Judge): Problem {
  if (!(error instanceof TabpodError)) return { field: 'form', severity: 'error', text: explain(error) };
  const field = fieldOf(error.code, error.facts);
  if (field === 'target' && (error.code === 'spec/missing-field' || error.code === 'spec/empty')) {
    return { field, severity: 'error', text: word('host/choose-target', {}) };
  }
  if (field === 'features' && error.code === 'spec/empty') {
    return { field, severity: 'error', text: word('host/choose-features', {}) };
  }
  return { field, severity: 'error', text: explain(error) };
}

/** Codes whose facts do not name the field they are about. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^plan\/(target|too-many-classes|two-classes|missing-target|rare-class)/, 'target'],
  [/^plan\/(no-feature|role-)/, 'features'],
  [/^plan\/task-/, 'task'],
  [/^plan\/preset$/, 'preset'],
  [/^plan\/bagging-/, 'bagging'],
  [/^spec\/unsupported-model-type$/, 'model'],
  [/^plan\/split-|^plan\/time-kind$|^plan\/test-secret$/, 'split'],
  [/^plan\/(too-small|tiny|sampled)$|^data\//, 'dataset'],
];

/** The field of the form that a message is about. */
export function fieldOf(code: string, facts: Facts): string {
  if (facts.parameter !== undefined) return `hyperparameters.${facts.parameter}`;
  const named = facts.path ?? facts.field;
  if (code !== 'plan/target-as' && typeof named === 'string' && !code.startsWith('data/')) return named;
  return FIELDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'form';
}

function overMaximum(spec: Spec, { maximum, word }: Judge): Problem[] {
  const { hours, usd } = limitsOf(spec);
  const time = { field: 'limits.hours', value: hours, unit: 'hours', limit: maximum.hours, setting: 'maximumHours' };
  const money = { field: 'limits.usd', value: usd, unit: 'US dollars', limit: maximum.usd, setting: 'maximumUsd' };
  // This computer costs nothing.
  return (spec.compute?.backend === 'runpod' ? [time, money] : [time])
    .filter(({ value, limit }) => value > limit)
    .map(({ field, value, unit, limit, setting }) => ({
      field,
      severity: 'error',
      text: word('host/over-maximum', { value, unit, maximum: limit, setting: `tabpod.limits.${setting}` }),
    }));
}

/** What should be known before the start: of the plan, of the dataset and of the columns in use. */
function warnings({ spec, profile, plan }: Omit<Ready, 'script'>, deps: Judge): Problem[] {
  const used = new Set([plan.target, ...plan.features.map(({ name }) => name)]);
  const columns = profile.columns.filter(({ name }) => used.has(name));
  const found = [
    ...planWarnings(plan, profile, spec),
    ...profile.findings,
    ...columns.flatMap(({ findings }) => findings),
  ];
  return said(found, plan.target, deps).slice(0, MAX_WARNINGS);
}

/** Findings as sentences, each at its field. */
function said(found: Profile['findings'], target: string | undefined, { word }: Judge): Problem[] {
  return found.flatMap(({ code, facts }): Problem[] => {
    if (!isMessage(code)) return [];
    const severity = NOTES.has(code) ? 'note' : 'warning';
    return [{ field: warnedField(code, facts, target), severity, text: word(code, facts) }];
  });
}

function warnedField(code: string, facts: Facts, target: string | undefined): string {
  const field = fieldOf(code, facts);
  if (field !== 'form') return field;
  if (facts.column === undefined) return 'dataset';
  return facts.column === target ? 'target' : 'features';
}

/** A stored finding may come from a newer version, whose messages this one does not know. */
function isMessage(code: string): code is MessageCode {
  return Object.hasOwn(MESSAGES, code);
}
