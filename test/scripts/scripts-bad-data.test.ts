import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../src/core/plan/schema.ts';
import { render } from '../../src/core/script/render.ts';
import type { Spec } from '../../src/core/spec/schema.ts';
import { planFor, python, scratch, start } from './training.ts';

/** A table that trains: the plan is made from it, and the script then meets another file. */
function table(rows = 60, change: (row: string[], index: number) => string[] = (row) => row): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const number = (index * 37) % 101;
    return change(
      [String(number), index % 3 === 0 ? 'red' : 'blue', String(number * 2 + (index % 5)), index % 2 ? 'yes' : 'no'],
      index,
    );
  });
  return `${[['size', 'colour', 'price', 'sold'], ...lines].map((row) => row.join(',')).join('\n')}\n`;
}

const REGRESSION = { target: 'price', model: 'xgboost_regression' } as const;
const BINARY = { target: 'sold', model: 'xgboost_binary_classification' } as const;

interface Case {
  readonly what: string;
  readonly spec: Omit<Spec, 'version' | 'dataset'>;
  readonly data: string | Uint8Array;
  readonly sentence: RegExp;
  readonly change?: (plan: Plan) => Plan;
}

const CASES: readonly Case[] = [
  {
    what: 'the target is gone from the file',
    spec: REGRESSION,
    data: table().replace('price', 'cost'),
    sentence: /^The target column 'price' is not in the file\.$/,
  },
  {
    what: 'a feature is gone from the file',
    spec: REGRESSION,
    data: table().replace('colour', 'color'),
    sentence: /^1 column\(s\) are no longer in the file: 'colour'\.$/,
  },
  {
    what: 'no row has a target',
    spec: REGRESSION,
    data: table(60, (row) => row.with(2, '')),
    sentence: /^The target column 'price' is empty in every row\.$/,
  },
  {
    what: 'the target of a regression holds words',
    spec: REGRESSION,
    data: table(60, (row) => row.with(2, 'dear')),
    sentence: /^The target column 'price' holds no numbers: choose a classification model\.$/,
  },
  {
    what: 'the target is always the same',
    spec: REGRESSION,
    data: table(60, (row) => row.with(2, '5')),
    sentence: /^The target column 'price' holds one single value: there is nothing to learn\.$/,
  },
  {
    what: 'there is one class only',
    spec: BINARY,
    data: table(60, (row) => row.with(3, 'yes')),
    sentence: /^The target column 'sold' holds one class only: 'yes'\.$/,
  },
  {
    what: 'there is a third class',
    spec: BINARY,
    data: table(60, (row, index) => (index % 7 ? row : row.with(3, 'maybe'))),
    sentence: /^The target column 'sold' holds 3 classes, not two: .*Choose a multiclass model\.$/,
  },
  {
    what: 'there are too few rows',
    spec: REGRESSION,
    data: table(9),
    sentence: /^Only 9 rows can be used; training and testing take at least 20\.$/,
  },
  {
    what: 'no feature holds a value',
    spec: REGRESSION,
    data: table(60, ([, , price, sold]) => ['inf', '', price ?? '', sold === 'yes' ? '' : ' ']),
    sentence: /^Not one feature holds a value in the training part: there is nothing to learn from\.$/,
  },
  {
    what: 'bytes are not of the encoding',
    spec: REGRESSION,
    data: Buffer.concat([
      Buffer.from(table()),
      Buffer.from([0x31, 0x2c, 0xff, 0xfe, 0x2c, 0x31, 0x2c, 0x6e, 0x6f, 10]),
    ]),
    sentence: /^data\.csv holds bytes that are not utf-8\.$/,
  },
  {
    what: 'the file is empty',
    spec: REGRESSION,
    data: '',
    sentence: /^data\.csv is empty: there is not even a header row\.$/,
  },
  {
    what: 'there is only a header',
    spec: REGRESSION,
    data: 'size,colour,price,sold\n',
    sentence: /^data\.csv has no row of data that can be read\.$/,
  },
  {
    what: 'a GPU was asked for and there is none',
    spec: REGRESSION,
    data: table(),
    sentence: /^A GPU was asked for, but none works here and CPU training is not allowed\.$/,
    change: (plan) => ({ ...plan, device: 'cuda' }),
  },
  {
    what: 'log1p meets values it is not defined for',
    spec: { ...REGRESSION, objective: { kind: 'log1p' } },
    data: table(60, (row, index) => (index ? row : row.with(2, '-1'))),
    sentence: /^The target column 'price' holds values of -1 or less: log1p cannot be used\.$/,
  },
];

describe('a script that meets bad data', () => {
  const { folder, file, remove } = scratch();
  after(remove);

  for (const [index, { what, spec, data, sentence, change = (plan: Plan) => plan }] of CASES.entries()) {
    it(`says so in one sentence: ${what}`, async () => {
      const place = join(folder, String(index));
      mkdirSync(place);
      const plan = change(await planFor(file('good.csv', table()), spec));
      const { code, stderr } = await start(plan, file('data.csv', data), place).ended;
      assert.equal(code, 1, stderr);
      assert.match(stderr.trimEnd(), sentence);
      assert.doesNotMatch(stderr, /Traceback/);
      assert.ok(!existsSync(join(place, 'out', 'metrics.json')));
    });
  }

  it('says so in one sentence: the file is not there', async () => {
    const plan = await planFor(file('good.csv', table()), REGRESSION);
    const { code, stderr } = await start(plan, join(folder, 'gone.csv'), folder).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^There is no file .*gone\.csv: name the dataset with --data\.$/m);
  });

  it('ends at once: what still reads would abort a Python that cleans up', async () => {
    const plan = await planFor(file('good.csv', table()), REGRESSION);
    file('train.py', render(plan));
    const code = `import atexit, sys\nsys.path.insert(0, sys.argv.pop(1))\nimport train
atexit.register(print, "cleaned up")\ntrain.abandon("One\\nsentence.")`;
    const ended = await python(['-c', code, folder]).ended;
    assert.deepEqual(ended, { code: 1, stdout: '', stderr: 'One sentence.\n' });
  });

  it('shows where an error came from that nobody expected', async () => {
    const plan = await planFor(file('good.csv', table()), REGRESSION);
    const broken = { ...plan, hyperparameters: { ...plan.hyperparameters, grow_policy: 'sideways' } };
    const { code, stderr } = await start(broken, join(folder, 'good.csv'), folder).ended;
    assert.equal(code, 1);
    assert.match(stderr, /Traceback/);
    assert.match(stderr.trimEnd().split('\n').at(-1) ?? '', /^XGBoostError: .*sideways/);
  });
});
