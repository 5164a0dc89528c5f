import assert from 'node:assert/strict';
import { explain, TabpodError } from '../../src/core/error.ts';
import { FAMILIES } from '../../src/core/model-type.ts';
import { refuseTogether } from '../../src/core/plan/hyperparameters.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import type { Profile } from '../../src/core/profile/schema.ts';
import type { Spec } from '../../src/core/spec/schema.ts';
import { classes, number, profileOf } from './plan-profiles.ts';

const COLUMNS = [
  number('age', { min: 0, max: 90 }),
  number('fare'),
  classes('survived', { no: 600, yes: 400 }, { role: 'boolean' }),
  { name: 'ticket', kind: 'string', role: 'id', distinct: 1000 },
  { name: 'passenger', kind: 'integer', role: 'id', distinct: 1000 },
  { name: 'note', kind: 'string', role: 'text' },
  { name: 'line', kind: 'string', role: 'constant', distinct: 1 },
  { name: 'day', kind: 'date', role: 'date', dateFormat: '%d.%m.%Y' },
  classes('port', { S: 500, C: 300, Q: 200 }),
] as const;

const TITANIC = profileOf(COLUMNS);

const plan = (spec: Partial<Spec> = {}, profile: Profile = TITANIC): Plan =>
  resolve({ version: 1, dataset: { path: 'folder/titanic.csv' }, target: 'survived', ...spec }, profile);

function complaint(spec: Partial<Spec>, profile?: Profile): string {
  try {
    plan(spec, profile);
  } catch (error) {
    assert.ok(error instanceof TabpodError, `not one of ours: ${error}`);
    return explain(error);
  }
  assert.fail('it was accepted');
}

describe('resolve', () => {
  it('takes other defaults from a preset, and still what was set by hand', () => {
    const { hyperparameters, metric } = plan({ preset: 'lowest_class_error', hyperparameters: { subsample: 0.5 } });
    assert.deepEqual([hyperparameters.learning_rate, hyperparameters.subsample], [0.08, 0.5]);
    assert.equal(metric.stopOn, 'accuracy');
    assert.match(complaint({ preset: 'lowest_class_error', target: 'fare' }), /made for classification/);
    for (const model of FAMILIES) plan({ preset: 'lowest_class_error', model });
  });

  it('shows a network no waves of very many numbers, unless that is asked for', () => {
    const wavesOf = (count: number, hyperparameters = {}) => {
      const columns = Array.from({ length: count }, (_, index) => number(`x${index}`));
      const spec = { model: 'keras_regression', target: 'y', hyperparameters } as const;
      return plan(spec, profileOf([...columns, number('y')])).hyperparameters.n_frequencies;
    };
    assert.deepEqual([wavesOf(499), wavesOf(500), wavesOf(500, { n_frequencies: 8 })], [16, 0, 8]);
  });

  it('bags where folds can be dealt, and tests on a file of its own', () => {
    assert.equal(plan({ bagging: true }).bagging, true);
    assert.match(complaint({ bagging: true, split: { kind: 'time', column: 'day' } }), /^Bagging deals rows out/);
    assert.deepEqual(plan({ split: { kind: 'file', test: { path: 'later/b.csv' } } }).split, {
      ...{ kind: 'file', test: { file: 'b.csv' }, validation: 0.2 },
    });
    const secret = { kind: 'file', test: { url: 'https://x.org/b.csv?token=1' } } as const;
    assert.match(complaint({ split: secret }), /holds a user or a query/);
  });

  it('leaves no field open', () => {
    const { dialect } = TITANIC;
    const { hyperparameters, ...rest } = plan();
    assert.deepEqual(rest, {
      version: 1,
      dataset: { file: 'titanic.csv' },
      format: 'csv',
      dialect,
      target: 'survived',
      task: 'binary_classification',
      family: 'xgboost',
      modelType: 'xgboost_binary_classification',
      features: [
        { name: 'age', role: 'numeric', dateFormat: null },
        { name: 'fare', role: 'numeric', dateFormat: null },
        { name: 'day', role: 'date', dateFormat: '%d.%m.%Y' },
        { name: 'port', role: 'category', dateFormat: null },
      ],
      leftOut: [
        { name: 'ticket', reason: 'id' },
        { name: 'passenger', reason: 'id' },
        { name: 'note', reason: 'text' },
        { name: 'line', reason: 'constant' },
      ],
      classes: ['no', 'yes'],
      positiveClass: 'yes',
      split: { kind: 'stratified', test: 0.2, validation: 0.16 },
      bagging: false,
      seed: 42,
      device: 'cpu',
      allowCpu: false,
      objective: { kind: 'default' },
      metric: { stopOn: 'log_loss', headline: 'roc_auc' },
      sampleWeight: null,
    });
    assert.equal(hyperparameters.learning_rate, 0.1);
    assert.equal(hyperparameters.n_estimators, 2000);
  });

  it('names the dataset without folders and without anything secret', () => {
    const dataset = (ref: Spec['dataset']) => plan({ dataset: ref }).dataset;
    assert.deepEqual(dataset({ path: 'C:\\data\\a b.csv' }), { file: 'a b.csv' });
    assert.deepEqual(dataset({ key: 'datasets/x/data.csv' }), { file: 'data.csv' });
    const url = 'https://user:word@example.org:8443/a/b.csv?token=t#f';
    assert.deepEqual(dataset({ url }), { url: 'https://example.org:8443/a/b.csv' });
  });

  it('takes chosen features in the order of the file, ids and text too', () => {
    const { features, leftOut } = plan({ features: ['note', 'passenger', 'ticket', 'age', 'line'] });
    assert.deepEqual(
      features.map(({ name, role }) => `${name} ${role}`),
      ['age numeric', 'ticket category_high', 'passenger numeric', 'note category_high'],
    );
    assert.deepEqual(
      leftOut.filter(({ reason }) => reason !== 'not chosen'),
      [{ name: 'line', reason: 'constant' }],
    );
  });

  it('lets the user say what a column is', () => {
    const { features, leftOut } = plan({
      columns: {
        age: { role: 'category' },
        fare: { role: 'id' },
        note: { dateFormat: '%Y' },
        line: { role: 'numeric' },
        day: { dateFormat: 'ISO8601' },
      },
    });
    assert.deepEqual(features, [
      { name: 'age', role: 'category', dateFormat: null },
      { name: 'note', role: 'date', dateFormat: '%Y' },
      { name: 'line', role: 'numeric', dateFormat: null },
      { name: 'day', role: 'date', dateFormat: 'ISO8601' },
      { name: 'port', role: 'category', dateFormat: null },
    ]);
    assert.deepEqual(leftOut[0], { name: 'fare', reason: 'id' });
  });

  it('learns neither from the weight nor from the group', () => {
    const { leftOut, sampleWeight } = plan({ sampleWeight: 'fare', split: { kind: 'group', column: 'port' } });
    assert.equal(sampleWeight, 'fare');
    assert.deepEqual(
      leftOut.filter(({ reason }) => reason === 'weight' || reason === 'group'),
      [
        { name: 'fare', reason: 'weight' },
        { name: 'port', reason: 'group' },
      ],
    );
  });

  it('asks for a GPU on RunPod, where it pays', () => {
    const runpod = { backend: 'runpod' } as const;
    assert.equal(plan({ compute: runpod }).device, 'cpu');
    assert.equal(plan({ compute: { ...runpod, device: 'cuda' } }).device, 'cuda');
    assert.equal(plan({ compute: runpod }, { ...TITANIC, rows: 600_000 }).device, 'cuda');
    assert.equal(plan({ compute: { backend: 'local' } }, { ...TITANIC, rows: 600_000 }).device, 'cpu');
  });

  it('refuses choices that CatBoost fails on together', () => {
    const catboost = (hyperparameters: Spec['hyperparameters'], device: 'cpu' | 'cuda' = 'cpu') =>
      plan({ model: 'catboost', hyperparameters, compute: { device } });
    const ordered = { boosting_type: 'Ordered' };
    assert.throws(() => catboost({ ...ordered, grow_policy: 'Depthwise' }), { code: 'plan/catboost-ordered' });
    assert.equal(catboost(ordered).hyperparameters.boosting_type, 'Ordered');
    assert.throws(() => catboost({ bootstrap_type: 'MVS' }, 'cuda'), { code: 'plan/catboost-mvs' });
    assert.equal(catboost({ bootstrap_type: 'MVS' }).device, 'cpu');
  });

  it('refuses what CatBoost fails on for several classes on a GPU', () => {
    const choices = { family: 'catboost', task: 'multiclass_classification', device: 'cuda' } as const;
    const refuse = (hyperparameters: Plan['hyperparameters'], other: Partial<Plan> = {}) =>
      refuseTogether({ ...choices, hyperparameters, ...other });
    const ordered = { boosting_type: 'Ordered', grow_policy: 'SymmetricTree', depth: 6 };
    const deep = { boosting_type: 'Plain', grow_policy: 'SymmetricTree', depth: 16 };
    assert.throws(() => refuse(ordered), { code: 'plan/catboost-ordered-gpu' });
    assert.throws(() => refuse(deep), { code: 'plan/catboost-depth' });
    for (const hyperparameters of [ordered, deep]) {
      refuse(hyperparameters, { device: 'cpu' });
      refuse(hyperparameters, { task: 'binary_classification' });
    }
    refuse({ ...deep, depth: 15 });
    refuse({ ...deep, grow_policy: 'Depthwise' });
  });

  it('depends on nothing but its arguments', () => {
    const frozen = JSON.stringify(TITANIC);
    assert.equal(JSON.stringify(plan()), JSON.stringify(plan()));
    assert.equal(JSON.stringify(TITANIC), frozen);
  });

  it('checks hyperparameters', () => {
    assert.equal(plan({ hyperparameters: { max_depth: 3 } }).hyperparameters.max_depth, 3);
    const refused: readonly [Spec['hyperparameters'], string][] = [
      [
        { max_dept: 3 },
        'xgboost_binary_classification has no hyperparameter “max_dept”; the nearest names are “max_depth”, “max_bin”, “max_leaves”.',
      ],
      [
        { max_depth: 65 },
        'The hyperparameter max_depth of xgboost_binary_classification must lie between 0 and 64, and 65 does not.',
      ],
      [
        { max_depth: 2.5 },
        'The hyperparameter max_depth of xgboost_binary_classification takes a whole number, not “2.5”.',
      ],
      [{ gamma: Number.NaN }, 'The hyperparameter gamma of xgboost_binary_classification takes a number, not “NaN”.'],
      [{ gamma: '1' }, 'The hyperparameter gamma of xgboost_binary_classification takes a number, not “1”.'],
      [
        { grow_policy: 'wild' },
        'The hyperparameter grow_policy of xgboost_binary_classification must be one of depthwise, lossguide, not “wild”.',
      ],
    ];
    for (const [hyperparameters, sentence] of refused) assert.equal(complaint({ hyperparameters }), sentence);
  });

  it('checks metrics, objective and weight', () => {
    assert.equal(plan({ metric: { headline: 'accuracy' } }).metric.headline, 'accuracy');
    assert.match(
      complaint({ metric: { stopOn: 'rmse' } }),
      /^The metric “rmse” cannot be used as metric.stopOn of xgboost_b/,
    );
    assert.match(complaint({ objective: { kind: 'mae' } }), /^The objective mae is made for regression/);
    const debts = profileOf([number('debt', { min: -5 }), number('age'), number('fare')]);
    assert.match(
      complaint({ target: 'debt', objective: { kind: 'log1p' } }, debts),
      /above −1, and “debt” goes down to -5/,
    );
    assert.match(complaint({ target: 'age', sampleWeight: 'debt' }, debts), /goes down to -5, and weights must not/);
    assert.match(complaint({ sampleWeight: 'port' }), /^The sample weight “port” holds no numbers/);
    assert.match(complaint({ sampleWeight: 'survived' }), /^The target “survived” cannot serve as sampleWeight too/);
  });

  it('stops on and headlines what the objective minimises', () => {
    const metric = (objective: Spec['objective'], given?: Spec['metric']) =>
      plan({ target: 'fare', objective, ...(given && { metric: given }) }).metric;
    assert.deepEqual(metric({ kind: 'default' }), { stopOn: 'rmse', headline: 'rmse' });
    assert.deepEqual(metric({ kind: 'log1p' }), { stopOn: 'rmse', headline: 'rmse' });
    assert.deepEqual(metric({ kind: 'mae' }, { headline: 'r2' }), { stopOn: 'mae', headline: 'r2' });
    const quantile = { stopOn: 'quantile_loss', headline: 'quantile_loss' };
    assert.deepEqual(metric({ kind: 'quantile', alpha: 0.9 }), quantile);
    assert.throws(() => metric({ kind: 'mae' }, { stopOn: 'quantile_loss' }), { code: 'plan/unknown-metric' });
  });

  it('refuses by name what no script does yet', () => {
    const reserved: readonly [Partial<Spec>, string][] = [
      [{ rows: [{ column: 'age', is: 'present' }] }, 'rows'],
      [{ families: ['xgboost', 'keras'] }, 'families'],
      [{ folds: 5 }, 'folds'],
      [{ machines: 2 }, 'machines'],
      [{ compute: { gpuCount: 2 } }, 'compute.gpuCount'],
      [{ columns: { age: { missing: ['?'] } } }, 'columns.age.missing'],
      [{ split: { kind: 'file', test: { key: 'datasets/b.csv' } } }, 'split.test.key'],
    ];
    for (const [spec, field] of reserved) {
      assert.equal(complaint(spec), `No script can use “${field}” yet; take it out of the spec.`);
    }
    assert.deepEqual(plan({ families: ['xgboost'], machines: 1, rows: [] }), plan());
  });

  it('names columns that are not there, with the nearest ones', () => {
    const nearest = 'the nearest names are “age”, “port”, “day”';
    assert.match(
      complaint({ target: 'ages' }),
      /^There is no column “ages” in data.csv, which target asks for; the nearest names are “age”/,
    );
    assert.match(complaint({ features: ['ago'] }), new RegExp(`features asks for; ${nearest.split(',')[0]}`));
    assert.match(
      complaint({ columns: Object.fromEntries([['constructor', { role: 'id' }]]) }),
      /“constructor” in data.csv, which columns asks for/,
    );
    assert.match(complaint({ split: { kind: 'time', column: 'dya' } }), /which split.column asks for/);
  });

  it('refuses columns in roles they cannot have', () => {
    assert.match(complaint({ features: ['survived'] }), /^The target “survived” is also among the features/);
    assert.match(complaint({ columns: { survived: { role: 'id' } } }), /cannot be set in “columns”/);
    assert.match(complaint({ columns: { port: { role: 'date' } } }), /^Column “port” is to be read as dates/);
    assert.match(complaint({ columns: { age: { role: 'boolean' } } }), /^Column “age” holds values such as “…”/);
    assert.match(complaint({ columns: { port: { role: 'boolean' } } }), /^Column “port” holds values such as “S”/);
    assert.match(complaint({ features: ['line'] }), /^No column of data.csv is left to learn from/);
    assert.match(complaint({}, profileOf([classes('survived', { a: 50, b: 50 })])), /^No column of data.csv is left/);
  });
});
