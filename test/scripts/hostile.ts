import fc from 'fast-check';
import { catalogue } from '../../src/core/catalogue/index.ts';
import type { Hyperparameter } from '../../src/core/catalogue/schema.ts';
import { TabpodError } from '../../src/core/error.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import type { ColumnProfile, Profile } from '../../src/core/profile/schema.ts';
import type { Spec } from '../../src/core/spec/schema.ts';

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

/** Any text, the ones above often. */
export const nasty = fc.oneof(
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

/** Any value that a script can hold. */
export const value = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, tie('scalar'), fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.array(fc.tuple(nasty, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  scalar: fc.oneof(nasty, exactNumber, fc.boolean(), fc.constant(null)),
})).value;

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
export const planned = fc
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
    compression: null,
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
