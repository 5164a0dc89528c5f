import assert from 'node:assert/strict';
import fc from 'fast-check';
import { explain, TabpodError } from '../../src/core/error.ts';
import { MESSAGES, type MessageCode } from '../../src/core/messages/index.ts';
import { parseSpec, stringifySpec, upgradeSpec } from '../../src/core/spec/parse.ts';

const GOOD = { version: 1, dataset: { path: 'penguins.csv' }, target: 'species' };

function complaint(text: string): string {
  try {
    parseSpec(text, 'a.tabpod.json');
  } catch (error) {
    assert.ok(error instanceof TabpodError, `not one of ours: ${error}`);
    return explain(error);
  }
  assert.fail('it was accepted');
}

const complaintAbout = (change: object) => complaint(JSON.stringify({ ...GOOD, ...change }));

describe('parseSpec', () => {
  it('reads a spec, comments and trailing commas too', () => {
    const text = `\uFEFF{
      // what to learn
      "version": 1, "dataset": {"url": "https://example.org/a.csv?x=1"}, "target": "y",
    }`;
    const spec = parseSpec(text, 'a');
    assert.deepEqual(spec, { version: 1, dataset: { url: 'https://example.org/a.csv?x=1' }, target: 'y' });
  });

  it('takes blank and null for absent', () => {
    const text = JSON.stringify({ ...GOOD, task: null, sampleWeight: ' ', metric: { stopOn: '' } });
    assert.deepEqual(parseSpec(text, 'a'), { ...GOOD, metric: {} });
    assert.equal(complaintAbout({ target: '  ' }), 'Missing required field: target');
  });

  it('keeps blank texts inside lists, where they mean themselves', () => {
    const columns = { age: { missing: ['', ' '] } };
    assert.deepEqual(parseSpec(JSON.stringify({ ...GOOD, columns }), 'a').columns, columns);
  });

  const cases: readonly [what: string, text: string, sentence: string][] = [
    ['broken JSON', '{\n"version": 1,\n"target" "y"}', 'a.tabpod.json is not valid JSON: colon expected in line 3.'],
    ['no text', '', 'a.tabpod.json is not valid JSON: value expected in line 1.'],
    ['a list', '[]', 'a.tabpod.json holds no training spec: a JSON object in braces was expected.'],
    ['nesting without end', '['.repeat(200_000), 'a.tabpod.json is not valid JSON: nested too deep in line 1.'],
    ['no version', '{"target": "y"}', 'Missing required field: version'],
    ['no dataset', '{"version": 1, "target": "y"}', 'Either dataset path or dataset URL must be provided'],
    ['no target', '{"version": 1, "dataset": {"path": "a.csv"}}', 'Missing required field: target'],
  ];
  for (const [what, text, sentence] of cases) it(`refuses ${what}`, () => assert.equal(complaint(text), sentence));

  const changes: readonly [what: string, change: object, sentence: string][] = [
    ['a blank dataset', { dataset: { path: '' } }, 'Either dataset path or dataset URL must be provided'],
    [
      'two datasets',
      { dataset: { path: 'a.csv', url: 'https://example.org' } },
      'Only one of dataset path, dataset URL and dataset key must be provided',
    ],
    [
      'an ftp address',
      { dataset: { url: 'ftp://example.org' } },
      'In a.tabpod.json, “dataset.url” must be an address that starts with http:// or https:// and holds no blank.',
    ],
    [
      'an address that is none',
      { dataset: { url: 'https://[' } },
      'In a.tabpod.json, “dataset.url” must be an address that starts with http:// or https:// and holds no blank.',
    ],
    ['a dataset of a wrong type', { dataset: { path: 7 } }, 'In a.tabpod.json, “dataset.path” must be of type string.'],
    ['a dataset that is a text', { dataset: 'a.csv' }, 'In a.tabpod.json, “dataset” must be of type object.'],
    ['an unknown model type', { model: 'svm_regression' }, 'Unsupported model type: svm_regression'],
    [
      'an unknown task',
      { task: 'ranking' },
      'In a.tabpod.json, “task” must be one of “regression”, “binary_classification”, “multiclass_classification”.',
    ],
    [
      'a newer version',
      { version: 2 },
      'a.tabpod.json has spec version 2, and this Tabpod reads versions up to 1: update Tabpod, or set the version to 1.',
    ],
    ['a version that is a text', { version: '1' }, 'In a.tabpod.json, “version” must be of type integer.'],
    [
      'an unknown key',
      { taget: 'y' },
      'a.tabpod.json has a setting “taget” that Tabpod does not know; the nearest names are “target”, “dataset”, “task”.',
    ],
    [
      'an unknown key inside',
      { split: { kind: 'time', column: 'd', gaps: 1 } },
      'a.tabpod.json has a setting “split.gaps” that Tabpod does not know; the nearest names are “gap”, “kind”, “test”.',
    ],
    ['no column for a split by time', { split: { kind: 'time' } }, 'Missing required field: split.column'],
    [
      'an unknown split',
      { split: { kind: 'weekly' } },
      'In a.tabpod.json, “split.kind” must be one of “auto”, “stratified”, “random”, “time”, “group”, “column”, “file”.',
    ],
    ['a share of 1', { split: { kind: 'auto', test: 1 } }, 'In a.tabpod.json, “split.test” must be less than 1.'],
    ['a share of 0', { split: { kind: 'auto', test: 0 } }, 'In a.tabpod.json, “split.test” must be more than 0.'],
    ['a negative seed', { seed: -1 }, 'In a.tabpod.json, “seed” must be at least 0.'],
    ['half a seed', { seed: 0.5 }, 'In a.tabpod.json, “seed” must be of type integer.'],
    ['too many hours', { limits: { hours: 1000 } }, 'In a.tabpod.json, “limits.hours” must be at most 168.'],
    ['no features', { features: [] }, 'In a.tabpod.json, “features” is empty: fill it in or leave it out.'],
    [
      'a hyperparameter that is a list',
      { hyperparameters: { max_depth: [1] } },
      'In a.tabpod.json, “hyperparameters.max_depth” must be of type number or string or boolean.',
    ],
    [
      'a volume key with blanks',
      { dataset: { key: 'a b' } },
      'In a.tabpod.json, “dataset.key” may hold only letters, digits, dots, slashes, hyphens and underscores.',
    ],
  ];
  for (const [what, change, sentence] of changes) {
    it(`refuses ${what}`, () => assert.equal(complaintAbout(change), sentence));
  }

  it('never fails in another way, whatever JSON it is given', () => {
    const odd = fc.oneof(
      fc.json(),
      fc.string(),
      fc.object().map((change) => JSON.stringify({ ...GOOD, ...change })),
    );
    fc.assert(
      fc.property(odd, (text) => {
        try {
          parseSpec(text, 'a');
        } catch (error) {
          assert.ok(error instanceof TabpodError);
          // Asked of the facts, not of the sentence: a user's own text may look like a place, and stays as it is.
          const code: MessageCode = error.code;
          const places = [...MESSAGES[code].matchAll(/\{(\w+)\}/g)].map(([, place]) => place);
          assert.deepEqual(Object.keys(error.facts).sort(), places.sort());
        }
      }),
      { numRuns: 500, examples: [[JSON.stringify({ ...GOOD, '{0}': {} })]] },
    );
  });

  it('lets no key reach a prototype', () => {
    const text = '{"version": 1, "dataset": {"path": "a"}, "target": "y", "__proto__": {"seed": 1}}';
    assert.match(complaint(text), /“__proto__”/);
    assert.equal('seed' in {}, false);
  });
});

describe('stringifySpec', () => {
  it('writes what parseSpec reads, keys in the order of the schema', () => {
    const text = stringifySpec({ target: 'y', seed: 7, dataset: { key: 'datasets/a/data.csv' }, version: 1 });
    assert.equal(text, stringifySpec(parseSpec(text, 'a')));
    assert.deepEqual(Object.keys(JSON.parse(text)), ['version', 'dataset', 'target', 'seed']);
    assert.ok(text.endsWith('}\n'));
  });
});

describe('upgradeSpec', () => {
  const upgrades = {
    1: ({ label, ...spec }: Readonly<Record<string, unknown>>) => ({ ...spec, target: label }),
    2: (spec: Readonly<Record<string, unknown>>) => ({ ...spec, seed: 42 }),
  };

  it('goes step by step and keeps what it does not know', () => {
    const newest = upgradeSpec({ version: 1, label: 'y', other: true }, 'a', upgrades, 3);
    assert.deepEqual(newest, { version: 3, target: 'y', other: true, seed: 42 });
  });

  it('leaves the newest version as it is', () => {
    assert.deepEqual(upgradeSpec({ version: 3, target: 'y' }, 'a', upgrades, 3), { version: 3, target: 'y' });
  });

  it('refuses versions that no step starts from', () => {
    for (const version of [0, 4, -1]) {
      assert.throws(() => upgradeSpec({ version }, 'a', upgrades, 3), { code: 'spec/unsupported-version' });
    }
  });
});
