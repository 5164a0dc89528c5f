import type * as z from 'zod/mini';
import { TabpodError } from '../error.ts';
import { nearestNames, quoted } from './nearest.ts';
import {
  columnOptionsSchema,
  computeSchema,
  datasetRefSchema,
  limitsSchema,
  metricSchema,
  objectiveSchema,
  specSchema,
  splitSchema,
} from './schema.ts';

type Issue = z.core.$ZodIssue;

/** The settings there are inside each setting that has some of its own. */
const INSIDE: Readonly<Record<string, readonly { readonly shape: object }[]>> = {
  dataset: datasetRefSchema.def.options,
  columns: [columnOptionsSchema],
  split: splitSchema.def.options,
  objective: objectiveSchema.def.options,
  compute: [computeSchema],
  limits: [limitsSchema],
  metric: [metricSchema],
};

/** Turns what zod found wrong with a spec into the error that names it. `given` is the value that was checked. */
export function issueError(found: Issue, given: unknown, name: string): TabpodError {
  const issue = innermost(found, given);
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, name);
  if (valueAt(given, issue.path) === undefined) return new TabpodError('spec/missing-field', { field: path });
  switch (issue.code) {
    case 'invalid_type':
      return new TabpodError('spec/wrong-type', { name, path, expected: typeName(issue.expected) });
    case 'invalid_value':
      return new TabpodError('spec/not-one-of', { name, path, allowed: quoted(issue.values.map(String)) });
    case 'too_small':
      return tooSmall(issue, name, path);
    case 'too_big':
      return new TabpodError(issue.inclusive ? 'spec/at-most' : 'spec/less-than', {
        name,
        path,
        limit: Number(issue.maximum),
      });
    case 'invalid_format':
    case 'custom':
      return new TabpodError(path.endsWith('url') ? 'spec/wrong-url' : 'spec/wrong-key', { name, path });
    case 'invalid_union':
      return noBranch(issue, name, path);
    default:
      return new TabpodError('spec/invalid', { name, path });
  }
}

/** Follows unions to the branch that the user meant: the one whose complaint is not about an unknown or missing key. */
function innermost(issue: Issue, given: unknown): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const wrongTypes = issue.errors.every(([first]) => first?.code === 'invalid_type' && first.path.length === 0);
  if (wrongTypes) return issue;
  const [best] = issue.errors
    .map((errors) => errors.map((error) => ({ ...error, path: [...issue.path, ...error.path] })))
    .sort((a, b) => misfits(a, given) - misfits(b, given));
  return best?.[0] ?? issue;
}

function misfits(issues: readonly Issue[], given: unknown): number {
  return issues.filter((issue) => issue.code === 'unrecognized_keys' || valueAt(given, issue.path) === undefined)
    .length;
}

function noBranch(issue: z.core.$ZodIssueInvalidUnion, name: string, path: string): TabpodError {
  if ('options' in issue && Array.isArray(issue.options)) {
    return new TabpodError('spec/not-one-of', { name, path, allowed: quoted(issue.options.map(String)) });
  }
  const types = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [typeName(first.expected)] : []));
  if (types.length === 0) return new TabpodError('spec/invalid', { name, path });
  return new TabpodError('spec/wrong-type', { name, path, expected: [...new Set(types)].join(' or ') });
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, name: string, path: string): TabpodError {
  if (issue.origin === 'array' || issue.origin === 'string') return new TabpodError('spec/empty', { name, path });
  const code = issue.inclusive ? 'spec/at-least' : 'spec/more-than';
  return new TabpodError(code, { name, path, limit: Number(issue.minimum) });
}

function unknownKey(issue: z.core.$ZodIssueUnrecognizedKeys, name: string): TabpodError {
  const key = [...issue.path, issue.keys[0] ?? ''].join('.');
  const inside = INSIDE[String(issue.path[0])] ?? [specSchema];
  const known = new Set(inside.flatMap(({ shape }) => Object.keys(shape)));
  const nearest = nearestNames(issue.keys[0] ?? '', known);
  return new TabpodError('spec/unknown-key', { name, key, nearest });
}

function typeName(expected: string): string {
  return expected === 'int' ? 'integer' : expected === 'record' ? 'object' : expected;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  );
}
