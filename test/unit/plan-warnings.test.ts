import assert from 'node:assert/strict';
import { sentence } from '../../src/core/error.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import { planWarnings } from '../../src/core/plan/warnings.ts';
import type { Profile } from '../../src/core/profile/schema.ts';
import type { Spec } from '../../src/core/spec/schema.ts';
import { classes, number, profileOf } from './plan-profiles.ts';

function warnings(profile: Profile, given: Partial<Spec> = {}): readonly string[] {
  const spec: Spec = { version: 1, dataset: { path: 'a.csv' }, target: 'y', ...given };
  return planWarnings(resolve(spec, profile), profile, spec).map(({ code, facts }) => sentence(code, facts));
}

const CLEAN = profileOf([classes('y', { a: 500, b: 500 }), number('x')]);

describe('planWarnings', () => {
  it('has nothing to say of a plain table', () => assert.deepEqual(warnings(CLEAN), []));

  it('says what was guessed, dropped and made binary', () => {
    assert.deepEqual(warnings({ ...CLEAN, exact: false }), [
      'Only the first 1000 rows of data.csv were read, so roles, classes and the split may change once the whole file is.',
    ]);
    assert.deepEqual(warnings(profileOf([classes('y', { a: 90, b: 90 }, { missing: 20 }), number('x')], 200)), [
      '20 rows have no value in “y” and are not used.',
      'With 180 rows, the scores depend much on which rows happen to be in the test part.',
    ]);
    assert.deepEqual(warnings(CLEAN, { model: 'xgboost_multiclass_classification' }), [
      'The target “y” has two classes, so a binary_classification model is planned instead of a multiclass one.',
    ]);
  });

  it('names rare classes, a few of them', () => {
    const counts = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`c${index}`, index < 10 ? 3 : 97]));
    const said = warnings(profileOf([classes('y', counts), number('x')]));
    assert.equal(said.length, 5);
    assert.equal(said[0], 'Class “c0” of the target has only 3 rows: expect little of its scores.');
  });

  it('names columns that may leak or mislead', () => {
    const profile = profileOf([
      number('y'),
      { name: 'id', kind: 'integer', role: 'id' },
      { name: 'note', kind: 'string', role: 'text' },
      classes('port', { a: 500, b: 500 }),
      { name: 'line', kind: 'string', role: 'constant', distinct: 1 },
      { name: 'day', kind: 'date', role: 'date', dateFormat: 'ISO8601' },
    ]);
    const given: Partial<Spec> = {
      features: ['id', 'note', 'port', 'line', 'day'],
      columns: { port: { role: 'numeric' } },
    };
    assert.deepEqual(warnings(profile, given), [
      'The rows carry dates (“day”) and are split at random: if you will predict the future, split by time, or the result looks too good.',
      'Column “id” looks like an id: a model that learns from it may know rows by heart.',
      'Column “note” holds free text: each different text counts as a value of its own.',
      'Column “port” is to be read as numbers: cells that hold none count as missing.',
      'Column “line” was chosen, but it has the same value in each row and was left out.',
    ]);
    assert.deepEqual(warnings(profile, { features: ['day'], split: { kind: 'time', column: 'day' } }), []);
  });
});
