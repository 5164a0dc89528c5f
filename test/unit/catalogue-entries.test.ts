import assert from 'node:assert/strict';
import { catalogue, defaultOf } from '../../src/core/catalogue/index.ts';
import type { Hyperparameter } from '../../src/core/catalogue/schema.ts';
import { MODEL_TYPES, TASKS } from '../../src/core/model-type.ts';

function fits(parameter: Hyperparameter, value: number | string | boolean): boolean {
  switch (parameter.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return parameter.choices.includes(String(value));
    case 'integer':
      return Number.isInteger(value) && Number(value) >= parameter.min && Number(value) <= parameter.max;
    case 'number':
      return typeof value === 'number' && value >= parameter.min && value <= parameter.max;
  }
}

describe('catalogue', () => {
  it('has an entry for each of the twelve model types', () => {
    assert.equal(MODEL_TYPES.length, 12);
    assert.deepEqual(Object.keys(catalogue), MODEL_TYPES);
  });

  for (const type of MODEL_TYPES) {
    const { hyperparameters, stopMetrics, headlineMetrics } = catalogue[type];

    it(`${type}: each name once, each default within its range`, () => {
      assert.equal(new Set(hyperparameters.map(({ name }) => name)).size, hyperparameters.length);
      for (const parameter of hyperparameters) {
        for (const task of TASKS) assert.ok(fits(parameter, defaultOf(parameter, task)), parameter.name);
      }
    });

    it(`${type}: each hyperparameter has words and a source`, () => {
      for (const { name, label, help, source } of hyperparameters) {
        assert.ok(label && source, name);
        assert.match(help, /^[A-Z].*\.$/, name);
      }
      assert.ok(hyperparameters.some(({ main }) => main));
    });

    it(`${type}: has metrics to stop on and to headline`, () => {
      assert.ok(stopMetrics.length > 0);
      assert.ok(headlineMetrics.length > 0);
    });
  }
});
