import { type Message, message } from '../messages/index.ts';
import { areBooleans } from './cells.ts';
import { swapped } from './dates.ts';
import { exactHistogram } from './histogram.ts';
import { areCodes, isToken, type TokenEvidence } from './missing.ts';
import type { NumberReader } from './numbers.ts';
import { type Range, StreamRange } from './range.ts';
import { inferRole, type Shape, shapeOf } from './roles.ts';
import type { ColumnProfile } from './schema.ts';
import type { Typing } from './typing.ts';

/** What was counted in one column; small whatever the number of rows. */
export interface ColumnFacts {
  readonly name: string;
  readonly index: number;
  /** Whether the header cell was empty. */
  readonly unnamed: boolean;
  readonly rows: number;
  readonly empty: number;
  /** Counts of the different texts, tokens among them; not all of them unless `complete`. */
  readonly values: ReadonlyMap<string, { readonly count: number }>;
  readonly complete: boolean;
  /** Different texts; exact when `complete`, else an estimate. */
  readonly distinct: number;
  readonly typing: Typing;
  /** Shape of the values seen before the column stopped keeping all; left out when it is complete. */
  readonly shape?: Shape;
}

/** What was decided for the whole file. */
export interface FileDecisions {
  readonly missing: ReadonlySet<string>;
  readonly reader: NumberReader;
  /** Most `top` values a column may list. */
  readonly topLimit: number;
}

/** Longer values are not listed in `top`: a profile stays small. */
const LONGEST_TOP = 200;
/** How many are listed when there are too many to list all. */
const SOME_TOP = 20;
/** Share of numbers from which the cells that are none are worth a finding. */
const MOSTLY_NUMBERS = 0.9;

/** What this column says about the tokens in it. */
export function evidenceOf({ typing, values, complete }: ColumnFacts): TokenEvidence {
  const words = () => [...values.keys()].filter((value) => !isToken(value));
  const numbers = typing.numeric > 0 && typing.others === 0;
  const dates = (typing.dates ?? []).length > 0;
  return {
    tokens: typing.tokens,
    typed: typing.tokens.size > 0 && (numbers || dates || (complete && areBooleans(words()))),
    codes: typing.tokens.size > 0 && areCodes(values.keys()),
  };
}

/** The profile of a column. */
export function describeColumn(facts: ColumnFacts, decisions: FileDecisions): ColumnProfile {
  const { name, index, typing } = facts;
  const missing = facts.empty + countOf(typing.tokens, (token) => decisions.missing.has(token));
  const present = facts.rows - missing;
  const values = [...facts.values].filter(([value]) => !decisions.missing.has(value));
  const distinct = facts.complete ? values.length : Math.min(present, Math.max(facts.distinct, values.length));
  const kind = kindOf(facts, decisions, present);
  const range = rangeOf(kind, typing);
  const role = inferRole({
    ...{ kind, distinct, distinctExact: facts.complete, index, name, present, unnamed: facts.unnamed },
    ...{ min: range?.min, max: range?.max },
    ...(facts.shape ?? shapeOf(kind === 'string' ? values.map(([value]) => value) : [])),
  });
  const dateFormat = kind === 'date' ? typing.dates?.[0]?.date.format : undefined;
  return {
    ...{ name, index, kind, role, missing, distinct, distinctExact: facts.complete },
    ...(range && {
      min: range.min,
      max: range.max,
      mean: range.mean,
      histogram: histogramOf(kind, facts, range, decisions),
    }),
    ...topOf(values, facts.complete, decisions.topLimit),
    ...(dateFormat !== undefined && { dateFormat }),
    findings: findingsOf({ name, kind, role }, typing),
  };
}

function countOf(tokens: ReadonlyMap<string, number>, wanted: (token: string) => boolean): number {
  return [...tokens].reduce((sum, [token, count]) => (wanted(token) ? sum + count : sum), 0);
}

function kindOf(
  { typing, values, complete }: ColumnFacts,
  { missing }: FileDecisions,
  present: number,
): ColumnProfile['kind'] {
  if (present === 0) return 'empty';
  const tokenValues = countOf(typing.tokens, (token) => !missing.has(token));
  if (tokenValues > 0) return 'string';
  if ((typing.dates ?? []).length > 0) return 'date';
  if (typing.others === 0) return typing.integers ? 'integer' : 'number';
  const words = [...values.keys()].filter((value) => !missing.has(value));
  return complete && areBooleans(words) ? 'boolean' : 'string';
}

/** `undefined` when there is nothing finite to tell. */
function rangeOf(kind: ColumnProfile['kind'], typing: Typing): Range | undefined {
  if (kind !== 'date' && kind !== 'integer' && kind !== 'number') return undefined;
  const range = kind === 'date' ? typing.dates?.[0]?.range : typing.numbers;
  return range && range.count > 0 ? range : undefined;
}

function histogramOf(
  kind: ColumnProfile['kind'],
  { values, typing }: ColumnFacts,
  range: Range,
  { reader }: FileDecisions,
) {
  if (range instanceof StreamRange) return range.histogram.finish(range.min, range.max);
  const date = kind === 'date' ? typing.dates?.[0]?.date : undefined;
  const pairs = [...values].map(([text, { count }]) => [date ? date.parse(text) : reader.parse(text), count] as const);
  return exactHistogram(pairs.flatMap(([value, count]) => (Number.isFinite(value) ? [[value ?? 0, count]] : [])));
}

function topOf(values: [string, { readonly count: number }][], complete: boolean, limit: number) {
  const all = complete && values.length <= limit;
  const listed = values
    .filter(([value]) => value.length <= LONGEST_TOP)
    .sort(([a, { count: x }], [b, { count: y }]) => y - x || (a < b ? -1 : 1))
    .slice(0, all ? limit : SOME_TOP)
    .map(([value, { count }]) => ({ value, count }));
  return { top: listed, topComplete: all && listed.length === values.length };
}

function findingsOf({ name, kind, role }: Pick<ColumnProfile, 'name' | 'kind' | 'role'>, typing: Typing): Message[] {
  const findings: Message[] = [];
  if (kind === 'empty') findings.push(message('data/all-missing', { column: name }));
  else if (role === 'constant') findings.push(message('data/constant', { column: name }));
  if (role === 'id') findings.push(message('data/id-like', { column: name }));
  const cells = typing.numeric + typing.others;
  if (kind === 'string' && typing.others > 0 && typing.numeric >= MOSTLY_NUMBERS * cells) {
    findings.push(message('data/mixed', { column: name, count: typing.others, example: typing.example }));
  }
  const formats = (typing.dates ?? []).map(({ date }) => date.format);
  const other = swapped(formats[0] ?? '');
  if (kind === 'date' && formats[0] !== undefined && other !== undefined && formats.includes(other)) {
    findings.push(message('data/ambiguous-dates', { column: name, format: formats[0], other }));
  }
  return findings;
}
