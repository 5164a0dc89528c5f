import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FAMILIES, type Family } from '../../src/core/model-type.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import { METRICS_MAX_BYTES } from '../../src/core/report/schema.ts';
import { evaluated, PENGUINS, planFor, predict, scratch, type Trained, train } from './training.ts';

const READ_TABLE = `
import pyarrow.parquet, pyarrow.csv
table = lambda path: pyarrow.parquet.read_table(path) if path.endswith(".parquet") else pyarrow.csv.read_csv(path)
`;

/** How far what `predict.py` said is from what training said, at most; the first columns are those kept. */
async function furthest(predictions: string, scored: string, ...kept: string[]): Promise<number> {
  const worst = await evaluated(
    `${READ_TABLE}
truth, scored = table(sys.argv[1]), table(sys.argv[2])
kept = sys.argv[3:]
assert scored.column_names[:len(kept)] == kept, scored.column_names
rows = truth["row"].to_pylist()
worst = 0.0
for name in set(truth.column_names) - {"row", "truth"}:
    for row, said in zip(rows, truth[name].to_pylist(), strict=True):
        now = scored[name][row].as_py()
        worst = max(worst, float(now != said) if isinstance(said, str) else abs(now - said) / max(1, abs(said)))
print(json.dumps(worst))`,
    predictions,
    scored,
    ...kept,
  );
  assert.ok(typeof worst === 'number');
  return worst;
}

/** Anchors on the penguins: what any sound model reaches, and a random one never. */
const TASKS = [
  { target: 'species', task: 'multiclass_classification', metric: 'accuracy', atLeast: 0.93 },
  { target: 'sex', task: 'binary_classification', metric: 'roc_auc', atLeast: 0.88 },
  { target: 'body_mass_g', task: 'regression', metric: 'r2', atLeast: 0.75 },
] as const;

/** A network takes its time: fewer epochs and units do for a test. */
const QUICK: Readonly<Record<Family, Record<string, number>>> = {
  xgboost: {},
  lightgbm: {},
  catboost: {},
  keras: { epochs: 60, hidden_units: 64, batch_size: 32, learning_rate: 0.003 },
};

/** Families whose model files hold when they were written: their hashes differ. */
const DATED: readonly Family[] = ['catboost', 'keras'];

/** Everything of a report that has to be the same in two runs. */
function timeless({ report }: Trained, family: Family): unknown {
  const { timing: _timing, resources: _resources, artifacts, ...rest } = report;
  const same = artifacts?.filter(({ path }) => !DATED.includes(family) || !path.startsWith('model.'));
  return { ...rest, artifacts: same };
}

/** Names that mean something to Python, pandas, pyarrow, a library or our own files. */
const ODD_NAMES = [
  ...['self', 'index', 'level_0', 'columns', 'values', 'row', 'truth', 'prediction', 'probability', 'label', 'weight'],
  ...['a[0]<b>', '{"x": 1}', "it's", 'a,b', 'Ünïcode 尺寸', '__class__', 'None', 'lambda', '%s', '1.5'],
];

/** A table of such columns, numbers and categories in turn, and of classes that look like something else. */
function oddNames(): string {
  const classes = ['None', 'nan_', '0', 'a"b'];
  const cell = (row: number, column: number) => (column % 2 ? (row * (column + 3)) % 17 : `v${(row + column) % 3}`);
  const quoted = (value: string | number) => `"${String(value).replaceAll('"', '""')}"`;
  const rows = Array.from({ length: 120 }, (_, row) => [
    ...ODD_NAMES.map((_name, column) => cell(row, column)),
    classes[row % 4] ?? '',
  ]);
  return [[...ODD_NAMES, 'class'], ...rows].map((row) => row.map(quoted).join(',')).join('\n');
}

for (const family of FAMILIES)
  describe(`the scripts of ${family}`, () => {
    const { folder, file, remove } = scratch();
    const trained = new Map<string, Promise<{ plan: Plan; run: Trained }>>();
    after(remove);

    /** Trains each target once, when the first test asks for it. */
    function of(target: (typeof TASKS)[number]['target']) {
      const found = trained.get(target) ?? trainedOn(target);
      trained.set(target, found);
      return found;
    }

    async function trainedOn(target: string) {
      const task = TASKS.find((one) => one.target === target)?.task;
      const model = `${family}_${task ?? 'regression'}` as const;
      const plan = await planFor(PENGUINS, { target, model, hyperparameters: QUICK[family] });
      mkdirSync(join(folder, target));
      return { plan, run: await train(plan, PENGUINS, join(folder, target)) };
    }

    for (const { target, task, metric, atLeast } of TASKS) {
      it(`${task}: it learns, and is better than its baseline`, async () => {
        const { report } = (await of(target)).run;
        assert.equal(report.model_type, `${family}_${task}`);
        const { value, low, high } = report.metrics.test[metric] ?? {};
        assert.ok(value && low && high && low <= value && value <= high, JSON.stringify(report.metrics.test[metric]));
        assert.ok(value >= atLeast, `${metric} ${value}`);
        assert.ok(value > Number(report.metrics.baseline[metric]?.value));
        assert.deepEqual([report.device.requested, report.device.actual], ['cpu', 'cpu']);
        const { train: training, validation, test } = report.data.split;
        assert.equal(training + validation + test, report.data.rows_used);
        assert.equal(report.describes?.folds, 5);
      });

      it(`${task}: it saves a small report of everything that lies there`, async () => {
        const { run } = await of(target);
        const bytes = readFileSync(join(run.folder, 'metrics.json'));
        assert.ok(bytes.length < METRICS_MAX_BYTES / 10);
        const listed = (run.report.artifacts ?? []).map(({ path }) => path).sort();
        const there = readdirSync(run.folder).filter((name) => name !== 'metrics.json' && name !== 'predict.py');
        assert.deepEqual(listed, there.sort());
        for (const { path, bytes: size, sha256 } of run.report.artifacts ?? []) {
          const content = readFileSync(join(run.folder, path));
          assert.deepEqual([content.length, createHash('sha256').update(content).digest('hex')], [size, sha256], path);
        }
      });

      it(`${task}: it is scored by predict.py as it was in training`, async () => {
        const { plan, run } = await of(target);
        const out = join(folder, `${target}.csv`);
        const scored = await predict(plan, run, PENGUINS, '--out', out, '--keep', 'year', '--keep', 'island');
        assert.equal(scored.code, 0, scored.stderr);
        // Rows may be asked for on the standard output, where nothing else is said.
        assert.equal(scored.stdout, '');
        assert.match(scored.stderr, /^scored 344 rows into /m);
        const worst = await furthest(join(run.folder, 'test_predictions.parquet'), out, 'year', 'island');
        assert.ok(worst < 1e-6, String(worst));
      });
    }

    it('takes columns of any name, and classes too', async () => {
      const data = file('names.csv', oddNames());
      const model = `${family}_multiclass_classification` as const;
      const plan = await planFor(data, { target: 'class', model, hyperparameters: QUICK[family] });
      assert.deepEqual(
        plan.features.map(({ name }) => name),
        ODD_NAMES,
      );
      mkdirSync(join(folder, 'names'));
      const run = await train(plan, data, join(folder, 'names'));
      const scored = await predict(plan, run, data, '--out', join(folder, 'names.out.csv'), '--keep', 'self');
      assert.equal(scored.code, 0, scored.stderr);
    });

    it('takes categories of many values that are called as a network calls its inputs', async () => {
      const rows = Array.from({ length: 300 }, (_, row) => {
        const x = (row * 37) % 101;
        return [x, ...[13, 14, 17].map((many) => `v${(row * 7) % many}`), 10 * x].join(',');
      });
      const data = file('inputs.csv', ['x,numbers,flags,codes_0,y', ...rows].join('\n'));
      const model = `${family}_regression` as const;
      const plan = await planFor(data, { target: 'y', model, hyperparameters: QUICK[family] });
      mkdirSync(join(folder, 'inputs'));
      const { report } = await train(plan, data, join(folder, 'inputs'));
      assert.ok(Number(report.metrics.test.r2?.value) > 0.9, String(report.metrics.test.r2?.value));
    });

    it('gives the same report in a second run, the hash of the model included', async () => {
      const { plan, run } = await of('sex');
      mkdirSync(join(folder, 'again'));
      const again = await train(plan, PENGUINS, join(folder, 'again'));
      assert.deepEqual(timeless(again, family), timeless(run, family));
    });

    it('watches every fold for as long as one of them gains', async () => {
      const model = `${family}_regression` as const;
      const hyperparameters = { ...QUICK[family], early_stopping_rounds: 2 };
      const plan = await planFor(PENGUINS, { target: 'body_mass_g', model, hyperparameters });
      mkdirSync(join(folder, 'patience'));
      const { report, output } = await train(plan, PENGUINS, join(folder, 'patience'));
      const trained = report.rounds?.trained;
      assert.match(output, new RegExp(`^fold \\d goes on to ${trained} rounds`, 'm'));
      assert.equal(report.history?.rounds.at(-1), trained);
    });

    it('is the mean of five models when it is bagged, for predict.py too', async () => {
      const model = `${family}_binary_classification` as const;
      const plan = await planFor(PENGUINS, { target: 'sex', model, hyperparameters: QUICK[family], bagging: true });
      mkdirSync(join(folder, 'bag'));
      const run = await train(plan, PENGUINS, join(folder, 'bag'));
      assert.equal(run.report.describes?.bagged, 5);
      assert.equal(run.report.artifacts?.filter(({ path }) => /^model_\d\.(ubj|txt|cbm|keras)$/.test(path)).length, 5);
      assert.ok(Number(run.report.metrics.test.roc_auc?.value) > 0.88);
      const out = join(folder, 'bag.csv');
      const scored = await predict(plan, run, PENGUINS, '--out', out);
      assert.equal(scored.code, 0, scored.stderr);
      assert.ok((await furthest(join(run.folder, 'test_predictions.parquet'), out)) < 1e-6);
    });

    it('keeps flat keys of the replaced system at the top', async () => {
      const rounds = {
        xgboost: 'n_estimators',
        lightgbm: 'n_estimators',
        catboost: 'iterations',
        keras: 'epochs_trained',
      };
      const keras = family === 'keras';
      const ofClasses = keras ? ['val_loss', 'val_accuracy', 'train_loss', 'train_accuracy'] : ['accuracy'];
      const ofNumbers = keras ? ['val_loss', 'val_mae', 'train_loss', 'train_mae'] : ['mse', 'rmse', 'mae', 'r2'];
      for (const [target, names] of [
        ['species', ofClasses],
        ['body_mass_g', ofNumbers],
      ] as const) {
        const { report } = (await of(target)).run;
        for (const name of names) assert.ok(Number.isFinite(report[name]), `${target}: ${name}`);
        assert.equal(report[rounds[family]], report.rounds?.best);
      }
    });

    it('scores unseen, missing, re-typed and re-ordered columns, from CSV as from Parquet', async () => {
      const { plan, run } = await of('species');
      const header = 'year,sex,body_mass_g,flipper_length_mm,bill_depth_mm,bill_length_mm,island';
      const csv = file(
        'odd.csv',
        `${header}\n2007.0,male,3750,181,18.7,39.1,Torgersen\n2008,unknown,NA,,17.4,39.5,Atlantis\n2009,,5000.0,220,15,48,Biscoe\n`,
      );
      const parquet = join(folder, 'odd.parquet');
      await evaluated(
        `import pyarrow as pa, pyarrow.parquet
pyarrow.parquet.write_table(pa.table({
    "island": pa.array(["Torgersen", "Atlantis", "Biscoe"]).dictionary_encode(),
    "bill_length_mm": ["39.1", "39.5", "48"],
    "bill_depth_mm": [18.7, 17.4, 15],
    "flipper_length_mm": pa.array([181, None, 220], pa.int16()),
    "body_mass_g": [3750.0, float("nan"), 5000.0],
    "sex": ["male", "unknown", None],
    "year": pa.array([2007, 2008, 2009], pa.int64()),
}), sys.argv[1])
print("null")`,
        parquet,
      );
      const outputs = [join(folder, 'a.csv'), join(folder, 'b.csv'), join(folder, 'c.csv')];
      const [fromCsv, fromParquet] = [
        await predict(plan, run, csv, '--out', outputs[0] ?? ''),
        await predict(plan, run, parquet, '--out', outputs[1] ?? ''),
      ];
      assert.equal(fromCsv.code, 0, fromCsv.stderr);
      assert.equal(fromParquet.code, 0, fromParquet.stderr);
      assert.equal(readFileSync(outputs[0] ?? '', 'utf8'), readFileSync(outputs[1] ?? '', 'utf8'));
      const fewer = file('fewer.csv', 'island,bill_length_mm\nBiscoe,48\n');
      const partly = await predict(plan, run, fewer, '--out', outputs[2] ?? '');
      assert.equal(partly.code, 0, partly.stderr);
      assert.match(partly.stderr, /taken as missing: .*'sex'/);
    });

    it('says the same of a row, whatever rows are beside it', async () => {
      const { plan, run } = await of('body_mass_g');
      const few = file('few.csv', readFileSync(PENGUINS, 'utf8').split('\n').slice(0, 224).join('\n'));
      const [all, some] = [join(folder, 'all.csv'), join(folder, 'some.csv')];
      await predict(plan, run, PENGUINS, '--out', all);
      await predict(plan, run, few, '--out', some);
      const said = readFileSync(some, 'utf8').trimEnd().split('\n');
      assert.equal(said.length, 224);
      assert.deepEqual(said, readFileSync(all, 'utf8').split('\n').slice(0, 224));
    });

    // The same code for all families.
    if (family === 'xgboost') {
      it('refuses to score what it cannot, in one sentence', async () => {
        const { plan, run } = await of('sex');
        const cases = [
          [file('other.csv', 'a,b\n1,2\n'), [], /^The file has not one of the columns that the model learnt from\.$/m],
          [PENGUINS, ['--keep', 'weight'], /^There is no column 'weight' to keep in penguins\.csv\.$/m],
          [join(folder, 'nowhere.csv'), [], /^There is no file .*nowhere\.csv\.$/m],
          [file('header.csv', 'island,year\n'), [], /^header\.csv has no row of data that can be read\.$/m],
        ] as const;
        for (const [data, options, sentence] of cases) {
          const { code, stderr } = await predict(plan, run, data, '--out', join(folder, 'none.csv'), ...options);
          assert.equal(code, 1);
          assert.match(stderr, sentence);
        }
      });

      it('leaves what was there when a file breaks off, and writes where nothing can lie', async () => {
        const { plan, run } = await of('sex');
        const [header = '', ...rows] = readFileSync(PENGUINS, 'utf8').trimEnd().split('\n');
        const packed = gzipSync([header, ...Array(400).fill(rows.join('\n'))].join('\n'));
        const broken = file('broken.csv.gz', packed.subarray(0, packed.length - 20_000));
        const own = scratch();
        try {
          const out = own.file('scored.csv', 'of yesterday');
          const { code, stderr } = await predict(plan, run, broken, '--out', out);
          assert.equal(code, 1);
          assert.match(stderr, /^broken\.csv\.gz is damaged or cut off/m);
          assert.deepEqual([readdirSync(own.folder), readFileSync(out, 'utf8')], [['scored.csv'], 'of yesterday']);
          const nowhere = await predict(plan, run, PENGUINS, '--out', join(own.folder, 'no', 'scored.csv'));
          assert.equal(nowhere.code, 1);
          assert.match(nowhere.stderr, /^FileNotFoundError: [^\n]+scored\.csv[^\n]*\n$/);
          if (process.platform === 'win32') return;
          const piped = await evaluated(
            `import subprocess
said = subprocess.run([sys.executable, *sys.argv[1:]], capture_output=True, text=True)
print(json.dumps([said.returncode, said.stdout.count("male")]))`,
            join(run.folder, 'predict.py'),
            PENGUINS,
            '--out',
            '/dev/stdout',
          );
          assert.deepEqual(piped, [0, 344]);
        } finally {
          own.remove();
        }
      });
    }
  });
