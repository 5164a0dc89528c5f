import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { catalogue } from '../../src/core/catalogue/index.ts';
import type { Hyperparameter } from '../../src/core/catalogue/schema.ts';
import { TabpodError } from '../../src/core/error.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import type { ColumnProfile, Profile } from '../../src/core/profile/schema.ts';
import { scriptConfig } from '../../src/core/script/config.ts';
import { pyLiteral } from '../../src/core/script/literal.ts';
import { isPrintable } from '../../src/core/script/printable.ts';
import { render } from '../../src/core/script/render.ts';
import type { Spec } from '../../src/core/spec/schema.ts';

const BIN = join(process.cwd(), '.cache', 'venv', process.platform === 'win32' ? 'Scripts' : 'bin');

/** Texts that have broken code generators before. */
const NASTY = [
  ...['"', "'", '"""', "'''", '\\', '\\"', "\\'", '\\\\', '\\n', '\n', '\r', '\r\n', '\t', '\0', '\x1b[31m', '\x85'],
  ...['{{literal config}}', '{{{x}}}', '{x}', '%s', '$(x)', '#', '# type: ignore', '# noqa', '# fmt: off', ';', ','],
  ...['None', 'True', 'class', 'lambda', 'import os', '__import__("os")', '__proto__', 'constructor', '0', '-1', '1e5'],
  ...['\u2028', '\u2029', '\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\u00a0', '\u00ad', '\u3000', '\ufffe'],
  ...[
    '\ud800',
    '\udc00',
    '\udc00\ud800',
    '\ue000',
    '\u{10ffff}',
    '\u{e0041}',
    '👩‍👩‍👧‍👦',
    '🇩🇪',
    'e\u0301',
    '\u0301',
    'ß',
    'ﬁ',
    'Ａ',
  ],
  ...[
    'Größe',
    '尺寸',
    'גודל',
    'حجم',
    'आकार',
    '크기',
    'x'.repeat(300),
    ' ',
    '  lead',
    'trail  ',
    'coding: latin-1',
    '\f',
    '\v',
  ],
];

const nasty = fc.oneof(
  fc.constantFrom(...NASTY),
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 5 })
    .map((all) => all.join('')),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);

const exactNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => Number.isSafeInteger(value) || /[.e]/.test(String(value))),
  fc.constantFrom(-0, 0.1, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER),
);

const value = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, tie('scalar'), fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.array(fc.tuple(nasty, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  scalar: fc.oneof(nasty, exactNumber, fc.boolean(), fc.constant(null)),
})).value;

/** Where JSON has one kind of number and no −0, what Python is told to expect says it in words. */
function expected(given: unknown): unknown {
  if (typeof given === 'number') return { number: Object.is(given, -0) ? '-0.0' : String(given) };
  if (Array.isArray(given)) return given.map(expected);
  if (typeof given !== 'object' || given === null) return given;
  return { entries: Object.entries(given).map(([key, item]) => [key, expected(item)]) };
}

/** Reads `[source, expected]` pairs; each source must hold one CONFIG that Python reads back as expected. */
const CHECK = `
import ast, json, sys

def same(found, told):
    if isinstance(told, dict) and "number" in told:
        number = ast.literal_eval(told["number"])
        return type(found) is type(number) and repr(found) == repr(number)
    if isinstance(told, dict):
        pairs = told["entries"]
        return (type(found) is dict and [key for key in found] == [key for key, _ in pairs]
                and all(same(found[key], item) for key, item in pairs))
    if isinstance(told, list):
        return type(found) is list and len(found) == len(told) and all(map(same, found, told))
    return type(found) is type(told) and found == told

for number, (source, told) in enumerate(json.load(sys.stdin)):
    tree = ast.parse(source)
    configs = [node.value for node in ast.walk(tree) if isinstance(node, ast.AnnAssign | ast.Assign)
               and ast.unparse(node).startswith("CONFIG")]
    if len(configs) != 1 or not same(ast.literal_eval(configs[0]), told):
        sys.exit(f"case {number} does not come back:\\n{source[:2000]}\\n{told!r}"[:4000])
`;

function readBack(cases: readonly (readonly [source: string, value: unknown])[]): void {
  const input = JSON.stringify(cases.map(([source, told]) => [source, expected(told)]));
  execFileSync(join(BIN, 'python'), ['-I', '-c', CHECK], { input, stdio: ['pipe', 'ignore', 'pipe'] });
}

/** Values stand inside collections, never bare: only those are laid out the same at any width. */
const inDict = (given: unknown) => assignment({ given });

const assignment = (given: unknown) => `CONFIG = ${pyLiteral(given)}\n`;

const scalarFor = (parameter: Hyperparameter): fc.Arbitrary<number | string | boolean> => {
  switch (parameter.type) {
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...parameter.choices);
    case 'integer':
      return fc.integer({ min: parameter.min, max: parameter.max });
    case 'number':
      return fc.double({ min: parameter.min, max: parameter.max, noNaN: true });
  }
};

const hyperparameters = fc
  .record(
    Object.fromEntries(
      catalogue.xgboost_regression.hyperparameters.map((parameter) => [parameter.name, scalarFor(parameter)]),
    ),
    { requiredKeys: [] },
  )
  .map((given) =>
    Object.fromEntries(Object.entries(given).flatMap(([name, item]) => (item === undefined ? [] : [[name, item]]))),
  );

const columnFacts = fc.constantFrom<Partial<ColumnProfile>>(
  { kind: 'number', role: 'numeric' },
  { kind: 'string', role: 'category', distinct: 5 },
  { kind: 'string', role: 'category_high', distinct: 400 },
  { kind: 'boolean', role: 'boolean', distinct: 2 },
  { kind: 'date', role: 'date', dateFormat: '%d.%m.%Y "%H\\' },
  { kind: 'string', role: 'text' },
  { kind: 'integer', role: 'id' },
);

/** Specs and profiles in which every text is hostile. */
const planned = fc
  .record({
    names: fc.uniqueArray(
      nasty.filter((name) => name !== ''),
      { minLength: 2, maxLength: 8 },
    ),
    facts: fc.array(columnFacts, { minLength: 8, maxLength: 8 }),
    target: fc.oneof(
      fc.constant<Partial<ColumnProfile>>({ kind: 'number', role: 'numeric', distinct: 900 }),
      fc.uniqueArray(nasty, { minLength: 2, maxLength: 12 }).map(
        (labels): Partial<ColumnProfile> => ({
          kind: 'string',
          role: 'category',
          distinct: labels.length,
          top: labels.map((label) => ({ value: label, count: 50 })),
          topComplete: true,
        }),
      ),
    ),
    missing: fc.array(nasty, { maxLength: 3 }),
    file: nasty.filter((name) => name !== ''),
    seed: fc.nat(),
    hyperparameters,
  })
  .map(planOf)
  .filter((plan) => plan !== undefined);

function planOf(given: {
  names: string[];
  facts: Partial<ColumnProfile>[];
  target: Partial<ColumnProfile>;
  missing: string[];
  file: string;
  seed: number;
  hyperparameters: NonNullable<Spec['hyperparameters']>;
}): Plan | undefined {
  const dull = { kind: 'number', role: 'numeric', missing: 0, distinct: 100, distinctExact: true } as const;
  const profile: Profile = {
    version: 1,
    name: given.file,
    format: 'csv',
    dialect: { delimiter: ';', quote: '"', encoding: 'utf-8', decimal: ',', thousands: "'", missing: given.missing },
    rows: 1000,
    exact: true,
    columns: given.names.map((name, index) => ({
      ...dull,
      top: [],
      topComplete: false,
      findings: [],
      name,
      index,
      ...(index === 0 ? given.target : given.facts[index]),
    })),
    findings: [],
  };
  const { seed, hyperparameters: settings } = given;
  const target = given.names[0] ?? '';
  try {
    return resolve({ version: 1, dataset: { path: given.file }, target, seed, hyperparameters: settings }, profile);
  } catch (error) {
    if (error instanceof TabpodError) return undefined;
    throw error;
  }
}

/** Runs ruff over a folder with the options of this project; throws with what it says. */
function ruff(folder: string, args: readonly string[]): void {
  const { status, stdout } = spawnSync(join(BIN, 'ruff'), [...args, '--config', 'ruff.toml', '--no-cache', folder], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout.slice(0, 3000));
}

function withFiles(texts: readonly string[], work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'tabpod-ruff-'));
  try {
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `script_${index}.py`), text);
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counterexamples are made smaller for a minute at most: each try starts a process. */
const LIMIT = { interruptAfterTimeLimit: 60_000 };

const values = (count: number) => fc.array(value, { minLength: count, maxLength: count });
const plans = (count: number) => fc.array(planned, { minLength: count, maxLength: count });

describe('scripts from hostile input', () => {
  it('read back every value as it was', () => {
    const property = fc.property(values(200), (batch) => readBack(batch.map((given) => [assignment(given), given])));
    fc.assert(property, { ...LIMIT, numRuns: 25 });
  });

  it('parse and hold the plan', () => {
    const property = fc.property(plans(10), (batch) =>
      readBack(batch.map((plan) => [render(plan), scriptConfig(plan)])),
    );
    fc.assert(property, { ...LIMIT, numRuns: 8 });
  });

  it('escape all that this Python does not call printable', () => {
    const program = 'import json; print(json.dumps([c for c in range(0x110000) if not chr(c).isprintable()]))';
    const output = execFileSync(join(BIN, 'python'), ['-I', '-c', program], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const codePoints: number[] = JSON.parse(output);
    assert.deepEqual(codePoints.filter(isPrintable), []);
  });

  it('are as ruff formats them, at any width', () => {
    const property = fc.property(values(200), plans(2), (some, others) => {
      withFiles(some.map(inDict), (folder) => {
        for (const width of [20, 100, 320]) ruff(folder, ['format', '--diff', '--line-length', String(width)]);
      });
      withFiles(others.map(render), (folder) => ruff(folder, ['format', '--diff']));
    });
    fc.assert(property, { ...LIMIT, numRuns: 3 });
  });

  it('have nothing that ruff finds fault with', () => {
    const property = fc.property(values(200), plans(2), (some, others) => {
      // A value may be longer than a line, and a CONFIG by itself has no docstring.
      const texts = [...some.map(inDict), ...others.map(render)];
      withFiles(texts, (folder) => ruff(folder, ['check', '--ignore', 'E501,D100']));
    });
    fc.assert(property, { ...LIMIT, numRuns: 3 });
  });
});
