import assert from 'node:assert/strict';
import fc from 'fast-check';
import { explain, TabpodError } from '../../src/core/error.ts';
import { canonical, classesOf, positiveClass } from '../../src/core/plan/classes.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { ColumnProfile, Profile } from '../../src/core/profile/schema.ts';
import type { Spec } from '../../src/core/spec/schema.ts';
import { classes, number, profileOf } from './plan-profiles.ts';

type Target = ReturnType<typeof number>;

const withTarget = (target: Target, rows = 1000): Profile => profileOf([target, number('x')], rows);
const plan = (profile: Profile, spec: Partial<Spec> = {}) =>
  resolve({ version: 1, dataset: { path: 'a.csv' }, target: 'y', ...spec }, profile);

function complaint(profile: Profile, spec: Partial<Spec> = {}): string {
  try {
    plan(profile, spec);
  } catch (error) {
    assert.ok(error instanceof TabpodError, `not one of ours: ${error}`);
    return explain(error);
  }
  assert.fail('it was accepted');
}

const AB = classes('y', { a: 600, b: 400 });
const ABC = classes('y', { a: 600, b: 300, c: 100 });
const whole = (distinct: number) => number('y', { kind: 'integer', distinct });

describe('the task', () => {
  const inferred: readonly [what: string, profile: Profile, task: string][] = [
    ['two texts', withTarget(AB), 'binary_classification'],
    ['two numbers', withTarget(classes('y', { '1.5': 500, '2.5': 500 }, { kind: 'number' })), 'binary_classification'],
    ['booleans', withTarget(classes('y', { True: 1, false: 999 }, { kind: 'boolean' })), 'binary_classification'],
    [
      '1 and 1.0 beside 0',
      withTarget(classes('y', { '1': 5, '1.0': 5, '0': 990 }, { kind: 'number' })),
      'binary_classification',
    ],
    ['texts', withTarget(ABC), 'multiclass_classification'],
    ['few whole numbers', withTarget(whole(100)), 'multiclass_classification'],
    ['more whole numbers', withTarget(whole(101)), 'regression'],
    ['few whole numbers of many rows', withTarget(whole(1000), 100_000), 'multiclass_classification'],
    ['over 5 % of many rows', withTarget(whole(101), 2000), 'regression'],
    ['numbers', withTarget(number('y', { distinct: 5 })), 'regression'],
  ];
  for (const [what, profile, task] of inferred) {
    it(`of ${what} is ${task}`, () => assert.equal(plan(profile).task, task));
  }

  it('can be chosen, by task or by model', () => {
    assert.equal(plan(withTarget(whole(3)), { task: 'regression' }).modelType, 'xgboost_regression');
    assert.equal(plan(withTarget(whole(3)), { model: 'xgboost_regression' }).task, 'regression');
    assert.equal(plan(withTarget(ABC), { model: 'xgboost' }).task, 'multiclass_classification');
    assert.equal(
      plan(withTarget(classes('y', { 0: 5, 1: 995 }, { kind: 'boolean' })), { task: 'regression' }).task,
      'regression',
    );
  });

  it('of two classes becomes binary', () => {
    assert.equal(
      plan(withTarget(AB), { task: 'multiclass_classification' }).modelType,
      'xgboost_binary_classification',
    );
  });

  it('is refused where the target does not fit', () => {
    assert.equal(
      complaint(withTarget(ABC), { task: 'regression' }),
      'The target “y” holds text such as “a”, and regression needs numbers; choose a classification task or another target.',
    );
    assert.equal(
      complaint(withTarget(ABC), { model: 'xgboost_binary_classification' }),
      'The target “y” has 3 classes, and binary classification takes two; choose multiclass_classification.',
    );
    assert.match(
      complaint(withTarget(number('y', { kind: 'string', distinct: 1001 }))),
      /1001 different values, and classification takes at most 1000/,
    );
    assert.match(complaint(withTarget(number('y', { kind: 'date' }))), /holds dates, which no model predicts/);
    assert.equal(
      complaint(withTarget(whole(3)), { task: 'regression', model: 'xgboost_multiclass_classification' }),
      'The task is set to regression, but the model xgboost_multiclass_classification does another; take one of the two out.',
    );
  });

  it('is refused where nearly each row would be a class of its own', () => {
    const prices = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`$${index},000`, 1]));
    assert.match(complaint(withTarget(classes('y', prices), 600)), /“y” has 600 different values, such as “\$/);
  });

  it('is refused where there is nothing to learn', () => {
    assert.match(complaint(withTarget(number('y', { kind: 'empty', missing: 1000 }))), /has no value in any row/);
    assert.match(complaint(withTarget(number('y', { missing: 1000 }))), /has no value in any row/);
    assert.match(complaint(withTarget(classes('y', { a: 1000 }))), /has the same value “a” in each row of data.csv/);
    assert.match(
      complaint(withTarget(number('y', { missing: 981 }))),
      /has 19 rows with a value in “y”, and a model needs at least 20/,
    );
  });

  it('waits for the whole file where its beginning shows one class', () => {
    const sample = { ...withTarget(classes('y', { a: 1000 })), exact: false };
    assert.match(complaint(sample), /has one value only, “a”, in the 1000 rows read so far/);
    assert.deepEqual(plan(sample, { task: 'multiclass_classification' }).classes, []);
  });
});

describe('classes', () => {
  const of = (counts: Record<string, number>): ColumnProfile =>
    withTarget(classes('y', counts)).columns[0] as ColumnProfile;
  const labels = (counts: Record<string, number>) => classesOf(of(counts)).map(({ label }) => label);

  it('have one form each', () => {
    const forms = {
      '1': '1',
      '1.0': '1',
      ' 1 ': '1',
      '+1.50': '1.5',
      '-0': '0',
      '01': '01',
      '1,5': '1,5',
      TRUE: 'true',
      Yes: 'Yes',
    };
    for (const [cell, form] of Object.entries(forms)) assert.equal(canonical(cell), form, cell);
    fc.assert(fc.property(fc.string(), (cell) => assert.equal(canonical(canonical(cell)), canonical(cell))));
  });

  it('stand in a fixed order: numbers by size, texts by code points', () => {
    assert.deepEqual(labels({ b: 1, '10': 1, '9': 1, a: 1, '9.0': 1, '\u{1F600}': 1, '\uFF5E': 1 }), [
      '9',
      '10',
      'a',
      'b',
      '\uFF5E',
      '\u{1F600}',
    ]);
  });

  it('are left to the script unless all were seen', () => {
    const sample = { ...withTarget(AB), exact: false };
    assert.deepEqual(plan(withTarget(AB)).classes, ['a', 'b']);
    assert.deepEqual([plan(sample).classes, plan(sample).positiveClass], [[], 'b']);
    assert.deepEqual(plan(withTarget({ ...ABC, topComplete: false })).classes, []);
  });

  it('have a positive one: the one that says yes, else the rarer one', () => {
    const positive = (counts: Record<string, number>) => positiveClass(classesOf(of(counts)));
    assert.equal(positive({ Yes: 900, No: 100 }), 'Yes');
    assert.equal(positive({ '0': 1, '1': 999 }), '1');
    assert.equal(positive({ POS: 3, neg: 1 }), 'POS');
    assert.equal(positive({ good: 700, bad: 300 }), 'bad');
    assert.equal(positive({ true: 3, yes: 2 }), 'yes');
    assert.equal(positive({ a: 5, b: 5 }), 'b');
    assert.equal(plan(withTarget(ABC)).positiveClass, null);
  });
});

describe('the split', () => {
  const split = (rows: number, given?: Spec['split']) =>
    plan(withTarget(number('y'), rows), given ? { split: given } : {}).split;

  it('keeps a fifth for the test, and AutoGluon’s share of the rest for validation', () => {
    assert.deepEqual(split(1000), { kind: 'stratified', test: 0.2, validation: 0.16 });
    assert.deepEqual(split(5000), { kind: 'stratified', test: 0.2, validation: 0.1 });
    assert.deepEqual(split(1_000_000), { kind: 'stratified', test: 0.1, validation: 0.009 });
  });

  it('can be chosen', () => {
    assert.deepEqual(split(1000, { kind: 'random', test: 0.5, validation: 0.1 }), {
      kind: 'random',
      test: 0.5,
      validation: 0.1,
    });
    assert.deepEqual(split(1000, { kind: 'time', column: 'x' }), {
      kind: 'time',
      column: 'x',
      dateFormat: null,
      test: 0.2,
      validation: 0.16,
      gap: 0,
    });
  });

  it('by time needs an order, by group some groups', () => {
    const profile = profileOf([number('y'), number('x'), classes('c', { a: 500, b: 500 })]);
    assert.match(complaint(profile, { split: { kind: 'time', column: 'c' } }), /“c” holds text/);
    const read = plan(profile, { split: { kind: 'time', column: 'c' }, columns: { c: { dateFormat: '%Y' } } }).split;
    assert.equal('dateFormat' in read && read.dateFormat, '%Y');
    assert.match(complaint(profile, { split: { kind: 'group', column: 'c' } }), /at least 3 groups, and “c” has 2/);
    assert.match(complaint(profile, { split: { kind: 'group', column: 'y' } }), /cannot serve as split.column too/);
  });

  it('leaves rows to learn from', () => {
    assert.throws(() => split(1000, { kind: 'auto', test: 0.5, validation: 0.5 }), { code: 'plan/split-too-greedy' });
    assert.throws(() => split(40, { kind: 'auto', test: 0.85 }), { code: 'plan/split-too-greedy' });
  });

  it('goes by a column whose cells name the parts', () => {
    const by = (name: string, counts: Record<string, number>, exact = true) => {
      const profile = { ...profileOf([number('y'), number('x'), classes(name, counts)]), exact };
      return plan(profile, { split: { kind: 'column', column: name } });
    };
    const named = by('part', { Train: 600, valid: 200, test: 200 });
    assert.deepEqual(named.split, {
      kind: 'column',
      column: 'part',
      labels: { train: ['train'], validation: ['valid'], test: ['test'] },
      validation: 0.2,
    });
    assert.deepEqual(named.leftOut, [{ name: 'part', reason: 'split' }]);
    const answered = by('is_test', { '0.0': 700, '1.0': 300 }).split;
    assert.ok(answered.kind === 'column');
    assert.deepEqual(answered.labels, { train: ['0'], validation: [], test: ['1'] });
    const trained = by('in training', { yes: 700, no: 300 }).split;
    assert.ok(trained.kind === 'column');
    assert.deepEqual(trained.labels, { train: ['yes'], validation: [], test: ['no'] });
    const sampled = by('part', { train: 1000 }, false).split;
    assert.ok(sampled.kind === 'column' && sampled.labels.test.includes('holdout'));
    assert.throws(() => by('part', { train: 900, later: 100 }), { code: 'plan/split-label' });
    assert.throws(() => by('part', { train: 900, valid: 100 }), { code: 'plan/split-part' });
    assert.throws(() => by('flag', { 0: 900, 1: 100 }), { code: 'plan/split-label' });
  });
});
