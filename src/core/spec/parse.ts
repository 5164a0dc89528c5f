import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type * as z from 'zod/mini';
import { TabpodError } from '../error.ts';
import { parseModelType } from '../model-type.ts';
import { issueError } from './issue.ts';
import { SPEC_VERSION, type Spec, specSchema } from './schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** From each older version of the format to the next one. Pure; none of them may lose what the user wrote. */
export type Upgrades = Readonly<Record<number, (older: JsonObject) => JsonObject>>;

const UPGRADES: Upgrades = {};

const SOURCES = ['path', 'url', 'key'] as const;

/**
 * Reads the text of a spec file. Comments and trailing commas are allowed; `null` and blank texts count as absent.
 * `name` is the file's name, for the messages. Throws TabpodError `spec/…` that names the first thing that is wrong.
 */
export function parseSpec(text: string, name: string): Spec {
  const given = upgradeSpec(parseObject(text, name), name, UPGRADES, SPEC_VERSION);
  checkSource(given.dataset);
  if (typeof given.model === 'string' && !parseModelType(given.model)) {
    throw new TabpodError('spec/unsupported-model-type', { modelType: given.model });
  }
  const parsed = specSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw issueError(firstIssue(parsed.error), given, name);
}

/** The text of a spec file: keys in the schema's order, two spaces, a newline at the end. */
export function stringifySpec(spec: Spec): string {
  return `${JSON.stringify(specSchema.parse(spec), null, 2)}\n`;
}

/**
 * Brings a spec of an older version up to `newest`, one step after the other.
 * Throws `spec/unsupported-version` for a newer version and for one that no step starts from.
 */
export function upgradeSpec(given: JsonObject, name: string, upgrades: Upgrades, newest: number): JsonObject {
  if (given.version === undefined) throw new TabpodError('spec/missing-field', { field: 'version' });
  if (!Number.isInteger(given.version)) {
    throw new TabpodError('spec/wrong-type', { name, path: 'version', expected: 'integer' });
  }
  let spec = given;
  for (let version = Number(given.version); version !== newest; version++) {
    const upgrade = Object.hasOwn(upgrades, version) ? upgrades[version] : undefined;
    if (!upgrade) throw new TabpodError('spec/unsupported-version', { name, version, newest });
    spec = { ...upgrade(spec), version: version + 1 };
  }
  return spec;
}

function parseObject(text: string, name: string): JsonObject {
  const errors: ParseError[] = [];
  const tree = guarded(() => parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true }), name);
  const [error] = errors;
  if (error) {
    const problem = printParseErrorCode(error.error)
      .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
      .toLowerCase();
    throw new TabpodError('spec/not-json', { name, problem, line: text.slice(0, error.offset).split('\n').length });
  }
  if (tree?.type !== 'object') throw new TabpodError('spec/not-object', { name });
  return guarded(() => objectOf(tree), name);
}

/** A text of nothing but brackets exhausts the stack of any parser that calls itself. */
function guarded<T>(work: () => T, name: string): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TabpodError('spec/not-json', { name, problem: 'nested too deep', line: 1 }, { cause: error });
  }
}

/** The properties that say something. `fromEntries`, because a key may be called `__proto__`. */
function objectOf(node: Node): JsonObject {
  const entries = (node.children ?? []).flatMap(({ children: [key, value] = [] }) => {
    const item = value && plain(value);
    return item === null || (typeof item === 'string' && item.trim() === '') ? [] : [[String(key?.value), item]];
  });
  return Object.fromEntries(entries);
}

function plain(node: Node): unknown {
  if (node.type === 'object') return objectOf(node);
  if (node.type === 'array') return (node.children ?? []).map(plain);
  return node.value;
}

function checkSource(dataset: unknown): void {
  if (dataset === undefined) throw new TabpodError('spec/no-source', {});
  if (typeof dataset !== 'object' || dataset === null) return;
  const given = SOURCES.filter((source) => Object.hasOwn(dataset, source));
  if (given.length > 1) throw new TabpodError('spec/many-sources', {});
  if (Object.keys(dataset).length === 0) throw new TabpodError('spec/no-source', {});
}

/** Unknown keys first: a field that is missing often is there, misspelt. */
function firstIssue({ issues }: z.core.$ZodError): z.core.$ZodIssue {
  const [first] = [...issues].sort((a, b) => unknownKeys(b) - unknownKeys(a));
  if (!first) throw new Error('zod reported a failure without an issue');
  return first;
}

function unknownKeys(issue: z.core.$ZodIssue): number {
  return issue.code === 'unrecognized_keys' ? 1 : 0;
}
