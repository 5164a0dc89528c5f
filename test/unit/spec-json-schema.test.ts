import assert from 'node:assert/strict';
import Ajv from 'ajv';
import { MODEL_TYPES } from '../../src/core/model-type.ts';
import { specJsonSchema } from '../../src/core/spec/json-schema.ts';
import { parseSpec } from '../../src/core/spec/parse.ts';

const valid = new Ajv({ allowUnionTypes: true, strict: true }).compile(specJsonSchema());

const GOOD = { version: 1, dataset: { path: 'a.csv' }, target: 'y' };

describe('specJsonSchema', () => {
  it('accepts what parseSpec accepts', () => {
    const specs = [
      GOOD,
      ...MODEL_TYPES.map((model) => ({ ...GOOD, model })),
      { ...GOOD, $schema: 'x', split: { kind: 'time', column: 'd', gap: 3 }, hyperparameters: { max_depth: 3 } },
      { ...GOOD, objective: { kind: 'quantile', alpha: 0.9 }, columns: { a: { role: 'date', dateFormat: '%Y' } } },
    ];
    for (const spec of specs) {
      assert.ok(valid(spec), JSON.stringify(valid.errors));
      parseSpec(JSON.stringify(spec), 'a');
    }
  });

  it('refuses what parseSpec refuses, and hyperparameters that no model has', () => {
    const wrong = [
      { ...GOOD, target: '' },
      { ...GOOD, dataset: undefined },
      { ...GOOD, unknown: 1 },
      { ...GOOD, model: 'svm' },
      { ...GOOD, dataset: { path: 'a', url: 'https://example.org' } },
      { ...GOOD, seed: 0.5 },
      { ...GOOD, hyperparameters: { depht: 3 } },
      { ...GOOD, hyperparameters: { subsample: 2 } },
    ];
    for (const spec of wrong) assert.equal(valid(JSON.parse(JSON.stringify(spec))), false, JSON.stringify(spec));
  });

  it('takes a spec without a target for unfinished, not for wrong', () => {
    assert.ok(valid({ version: 1, dataset: { path: 'a.csv' } }));
  });

  it('says something about each setting', () => {
    const properties = specJsonSchema().properties as Record<string, { description?: string }>;
    const silent = Object.keys(properties).filter((key) => key !== '$schema' && !properties[key]?.description);
    assert.deepEqual(silent, []);
  });

  it('is the same each time', () => {
    assert.equal(JSON.stringify(specJsonSchema()), JSON.stringify(specJsonSchema()));
  });
});
