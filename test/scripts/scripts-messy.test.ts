import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES, type Family } from '../../src/core/model-type.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import { METRICS_MAX_BYTES, type Report } from '../../src/core/report/schema.ts';
import { evaluated, planFor, predict, reportIn, scratch, start, train } from './training.ts';

const ROWS = 400;

/** A number that looks random and is the same everywhere. */
function drawn(index: number, salt: number): number {
  const value = Math.sin(index * 12.9898 + salt * 78.233) * 43758.5453;
  return value - Math.floor(value);
}

/** The kinds of column there are, each telling a bit of the target; as a German spreadsheet writes them. */
function messyRow(index: number): string[] {
  const [a, b, c, d] = [drawn(index, 1), drawn(index, 2), drawn(index, 3), drawn(index, 4)];
  const city = ['Köln', 'München', '"Sankt; Peter"', 'Zürich'][Math.floor(b * 4)] ?? '';
  const amount = `${Math.floor(a * 9) + 1}.${String(Math.floor(c * 1000)).padStart(3, '0')},${Math.floor(d * 10)}5`;
  const day = new Date(Date.UTC(2020, 0, 1 + Math.floor(c * 900))).toISOString().slice(0, 10);
  const [year, month, date] = day.split('-');
  const paid = d < 0.05 ? 'NA' : d < 0.5 ? 'yes' : 'no';
  const target = a * 10 + (city === 'Köln' ? 5 : 0) + (paid === 'yes' ? 3 : 0) + c * 4;
  return [
    String(index),
    city,
    a < 0.03 ? '' : amount,
    `${date}.${month}.${year}`,
    paid,
    'x',
    target.toFixed(3).replace('.', ','),
  ];
}

const HEADER = ['Nr', 'Stadt', 'Betrag', 'Tag', 'bezahlt', 'Stadt', ''];
const TARGET = 'column_7';

function messyTable(rows = ROWS): string {
  const lines = Array.from({ length: rows }, (_, index) => messyRow(index).join(';'));
  return `${[HEADER.join(';'), ...lines.slice(0, 7), 'a;b', ...lines.slice(7)].join('\r\n')}\r\n`;
}

function encoded(text: string, encoding: string): Uint8Array {
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1');
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return Buffer.from(`\ufeff${text}`);
}

/** The row numbers of a file of predictions. */
async function rowsOf(path: string): Promise<readonly number[]> {
  const code = 'import pyarrow.parquet\nprint(json.dumps(pyarrow.parquet.read_table(sys.argv[1])["row"].to_pylist()))';
  const rows = await evaluated(code, path);
  assert.ok(Array.isArray(rows));
  return rows;
}

describe('a script on a file as people have it', () => {
  const { folder, file, remove } = scratch();
  after(remove);

  let number = 0;
  function place(): string {
    number++;
    mkdirSync(join(folder, String(number)));
    return join(folder, String(number));
  }

  const reports = new Map<string, Report>();
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']) {
    it(`reads ${encoding}, semicolons, decimal commas, dates, and skips a ragged row`, async () => {
      const data = file('data.csv', encoded(messyTable(), encoding));
      const plan = await planFor(data, { target: TARGET, model: 'xgboost_regression' });
      assert.equal(plan.dialect.encoding, encoding);
      assert.deepEqual(
        plan.features.map(({ name, role }) => [name, role]),
        [
          ['Stadt', 'category'],
          ['Betrag', 'numeric'],
          ['Tag', 'date'],
          ['bezahlt', 'boolean'],
        ],
      );
      const { report } = await train(plan, data, place());
      assert.deepEqual(report.data.rows_dropped, { ragged: 1 });
      assert.equal(report.data.rows_used, ROWS);
      assert.ok(Number(report.r2) > 0.8, String(report.r2));
      assert.match(report.data.warnings.join('\n'), /1 rows were left out/);
      reports.set(encoding, report);
    });
  }

  it('reads signs of money and percent, hard spaces, and a first row that names the delimiter', async () => {
    const rows = Array.from({ length: ROWS }, (_, index) => {
      const [price, share, area] = [drawn(index, 1) * 9000, drawn(index, 2) * 100, drawn(index, 3) * 90_000];
      const grouped = String(Math.floor(area)).replace(/(\d)(\d{3})$/, '$1\u00a0$2');
      return `€\u00a0${price.toFixed(2)}|${share.toFixed(1)}%|${grouped}|${(price / 3000 + share / 50 + area / 30_000).toFixed(3)}`;
    });
    const data = file('signs.csv', `\r\nsep=|\r\n${['price|share|area|y', ...rows].join('\r\n')}\r\n`);
    const plan = await planFor(data, { target: 'y', model: 'xgboost_regression' });
    assert.deepEqual(
      plan.features.map(({ name, role }) => [name, role]),
      ['price', 'share', 'area'].map((name) => [name, 'numeric']),
    );
    const run = await train(plan, data, place());
    assert.deepEqual([run.report.data.rows_used, run.report.data.rows_dropped], [ROWS, {}]);
    assert.ok(Number(run.report.r2) > 0.9, String(run.report.r2));
    const out = join(run.folder, 'scored.csv');
    const scored = await predict(plan, run, data, '--out', out);
    assert.equal(scored.code, 0, scored.stderr);
    assert.equal(readFileSync(out, 'utf8').trim().split('\n').length, ROWS + 1);
  });

  it('learns the same whatever the encoding', () => {
    const [first, ...others] = [...reports.values()];
    for (const other of others) assert.deepEqual(other.metrics, first?.metrics);
  });

  it('divides rows the same whatever is learnt from, and however', async () => {
    const data = file('data.csv', messyTable());
    const hashes = new Set<string>();
    const plans: Plan[] = [
      await planFor(data, { target: TARGET, model: 'xgboost_regression' }),
      await planFor(data, { target: TARGET, model: 'xgboost_regression', features: ['Stadt', 'Nr'] }),
      await planFor(data, {
        target: TARGET,
        model: 'xgboost_regression',
        columns: { Betrag: { role: 'category_high' } },
      }),
      await planFor(data, { target: TARGET, model: 'xgboost_regression', objective: { kind: 'mae' } }),
      await planFor(data, { target: TARGET, model: 'xgboost_regression', objective: { kind: 'quantile', alpha: 0.9 } }),
    ];
    const seen: Report[] = [];
    for (const plan of plans) seen.push((await train(plan, data, place())).report);
    for (const report of seen) hashes.add(report.data.split.hash);
    assert.equal(hashes.size, 1);
    const coverage = seen.at(-1)?.metrics.test.coverage?.value;
    assert.ok(coverage && coverage > 0.6 && coverage < 1, `90 % quantile covers ${coverage}`);
    assert.equal(seen.at(-1)?.headline.name, 'quantile_loss');
  });

  it('tests fairly on a table of few different values', async () => {
    // Every combination comes with both answers: kept together by their answer, they would all be guessed wrong.
    const random = (index: number) => ((index * 7919 + 13) % 101) / 101;
    const rows = Array.from(
      { length: 400 },
      (_, i) => `${'abc'[i % 3]},${'de'[i % 2]},${random(i) < 0.5 ? 'yes' : 'no'}`,
    );
    const data = file('few.csv', `c,d,t\n${rows.join('\n')}\n`);
    const plan = await planFor(data, { target: 't', model: 'xgboost_binary_classification' });
    const { report } = await train(plan, data, place());
    assert.ok(Number(report.accuracy) > 0.3, String(report.accuracy));
  });

  it('tests on a fifth of the rows, however few there are', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${drawn(index, 1)},${drawn(index, 1) * 2}`);
    const data = file('smallest.csv', `x,y\n${rows.join('\n')}\n`);
    const { report } = await train(await planFor(data, { target: 'y', model: 'xgboost_regression' }), data, place());
    assert.deepEqual([report.data.split.test, report.describes?.folds], [4, 5]);
  });

  it('takes numbers that no model can hold for missing', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${i % 5 ? i * 0.5 : '1e300'},${(i * 7) % 11},${i * 1.5}`);
    const data = file('huge.csv', `x,z,t\n${rows.join('\n')}\n`);
    const plan = await planFor(data, { target: 't', model: 'xgboost_regression' });
    const { report } = await train(plan, data, place());
    assert.ok(Number(report.r2) > 0.5, String(report.r2));
  });

  it('keeps equal rows together, and drops rows without a target', async () => {
    const rows = Array.from(
      { length: 120 },
      (_, index) => `${index % 40},${index % 2 ? 'a' : 'b'},${index % 40 > 20 ? 'x' : index % 40 === 3 ? '' : 'y'}`,
    );
    const data = file('twins.csv', `n,c,t\n${rows.join('\n')}\n`);
    const plan = await planFor(data, { target: 't', model: 'xgboost_binary_classification', features: ['n', 'c'] });
    const { report, folder: out } = await train(plan, data, place());
    assert.deepEqual(report.data.rows_dropped, { target_missing: 3 });
    assert.equal(report.data.rows_repeated, 78);
    const tested = await rowsOf(join(out, 'test_predictions.parquet'));
    for (const row of tested) {
      const twins = [0, 40, 80].map((shift) => (row % 40) + shift);
      assert.ok(
        twins.every((twin) => tested.includes(twin)),
        `${row} is tested on without its twins`,
      );
    }
  });

  it('tests on the newest rows when the split goes by time, with a gap', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => {
      const day = new Date(Date.UTC(2020, 0, 1 + ((index * 73) % 200))).toISOString().slice(0, 10);
      return `${day},${drawn(index, 5).toFixed(4)},${(drawn(index, 5) * 3 + drawn(index, 6)).toFixed(4)}`;
    });
    const data = file('time.csv', `day,x,y\n${rows.join('\n')}\n`);
    const split = { kind: 'time', column: 'day', gap: 10, test: 0.2 } as const;
    const plan = await planFor(data, { target: 'y', model: 'xgboost_regression', split });
    const { report, folder: out } = await train(plan, data, place());
    assert.equal(report.data.split.test, 40);
    assert.equal(report.data.rows_dropped.left_out, 20);
    assert.equal(report.describes?.folds, 0);
    const tested = await rowsOf(join(out, 'test_predictions.parquet'));
    assert.ok(tested.every((row) => (row * 73) % 200 >= 160));
  });

  it('divides rows as a column says, and leaves out those of which it says nothing', async () => {
    const part = (index: number) => ['train', 'Train', 'test', 'TRAIN', ''][index % 5];
    const rows = Array.from({ length: 300 }, (_, index) => `${drawn(index, 1)},${part(index)},${drawn(index, 1) * 2}`);
    const data = file('parts.csv', `x,part,y\n${rows.join('\n')}\n`);
    const spec = { target: 'y', model: 'xgboost_regression', split: { kind: 'column', column: 'part' } } as const;
    const { report, folder: out } = await train(await planFor(data, spec), data, place());
    const { train: training, validation, test } = report.data.split;
    assert.deepEqual([training + validation, test], [180, 60]);
    assert.ok(validation > 20, String(validation));
    assert.equal(report.data.rows_dropped.left_out, 60);
    const tested = await rowsOf(join(out, 'test_predictions.parquet'));
    assert.ok(tested.every((row) => row % 5 === 2));
    const told = file('told.csv', `x,part,y\n${rows.join('\n').replaceAll(',TRAIN,', ',dev,')}\n`);
    const byFile = await train(await planFor(told, spec), told, place());
    assert.deepEqual([byFile.report.data.split.validation, byFile.report.describes?.folds], [60, 0]);
  });

  it('tests on a file of its own', async () => {
    const table = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `${drawn(from + index, 1)},${drawn(from + index, 1) * 2}`);
    const data = file('early.csv', `x,y\n${table(0, 200).join('\n')}\n`);
    const later = file(
      'later.csv',
      `y,x\n${table(200, 260)
        .map((row) => row.split(',').reverse().join(','))
        .join('\n')}\n`,
    );
    const split = { kind: 'file', test: { path: later } } as const;
    const plan = await planFor(data, { target: 'y', model: 'xgboost_regression', split });
    const at = place();
    const { report } = await train(plan, data, at, { TABPOD_TEST_DATASET: later });
    const { train: training, validation, test } = report.data.split;
    assert.deepEqual([training + validation, test, report.data.rows_read], [200, 60, 260]);
    assert.deepEqual((await rowsOf(join(at, 'out', 'test_predictions.parquet')))[0], 0);
    const gone = await start(plan, data, place()).ended;
    assert.match(gone.stderr, /^There is no file later\.csv: name the dataset/m);
  });

  it('keeps groups whole, and rare classes in training', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => {
      const group = index % 30;
      const label = index === 17 ? 'rare' : drawn(index, 8) > 0.4 ? 'one' : 'two';
      return `g${group},${drawn(index, 8).toFixed(3)},${label}`;
    });
    const data = file('groups.csv', `who,x,label\n${rows.join('\n')}\n`);
    const model = 'xgboost_multiclass_classification';
    const grouped = await planFor(data, { target: 'label', model, split: { kind: 'group', column: 'who' } });
    const byGroup = await train(grouped, data, place());
    const tested = await rowsOf(join(byGroup.folder, 'test_predictions.parquet'));
    const groups = new Set(tested.map((row) => row % 30));
    const unknown = byGroup.report.data.rows_dropped.left_out ?? 0;
    assert.equal(tested.length + unknown, groups.size * 10);
    const stratified = await train(await planFor(data, { target: 'label', model }), data, place());
    assert.ok(stratified.report.target.classes?.includes('rare'));
    assert.match(stratified.report.data.warnings.join('\n'), /No test row has class 'rare'/);
  });

  it('keeps its report small with a thousand classes and hundreds of columns', async () => {
    const columns = Array.from({ length: 300 }, (_, index) => `a rather long name of column number ${index}`);
    const rows = Array.from({ length: 3000 }, (_, index) => {
      const label = `class ${index % 1000} ${'x'.repeat(50)}`;
      return [
        label,
        ...columns.map((_, column) => ((index * (column + 7)) % 1009) + (column === 0 ? index % 1000 : 0)),
      ].join(',');
    });
    const data = file('wide.csv', `label,${columns.join(',')}\n${rows.join('\n')}\n`);
    const model = 'lightgbm_multiclass_classification';
    const hyperparameters = { n_estimators: 1, num_leaves: 4 };
    const plan = await planFor(data, { target: 'label', model, hyperparameters });
    const { folder: out, report } = await train(plan, data, place());
    assert.ok(statSync(join(out, 'metrics.json')).size < METRICS_MAX_BYTES / 2);
    assert.equal(report.target.classes?.length, 1000);
    assert.equal(report.confusion?.labels.length, 50);
    assert.equal(report.importance?.gain?.length, 100);
    const gains = await evaluated(
      'import pyarrow.parquet as pq\nrows = pq.read_table(sys.argv[1]).to_pylist()\nprint(sum(r["measure"] == "gain" for r in rows))',
      join(out, 'importance.parquet'),
    );
    assert.equal(gains, 300);
  });

  it('names a column that gives the target away, and a model that is no better than guessing', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, index) => `${drawn(index, 1)},${index % 2 ? 'up' : 'down'},${index % 2}`,
    );
    const leaky = file('leak.csv', `x,verdict,y\n${rows.join('\n')}\n`);
    const spec = { target: 'y', model: 'xgboost_binary_classification' } as const;
    const leaked = await train(await planFor(leaky, spec), leaky, place());
    assert.match(leaked.report.data.warnings.join('\n'), /Column 'verdict' alone tells the target/);
    const noise = await train(await planFor(leaky, { ...spec, features: ['x'] }), leaky, place());
    assert.match(noise.report.data.warnings.join('\n'), /not surely better than guessing/);
  });

  it('uses weights, log1p and other metrics when asked', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => {
      const x = drawn(index, 3);
      return `${x.toFixed(4)},${Math.exp(x * 8).toFixed(3)},${index % 10 === 0 ? 0 : 1}`;
    });
    const data = file('weights.csv', `x,y,w\n${rows.join('\n')}\n`);
    const plan = await planFor(data, {
      target: 'y',
      model: 'xgboost_regression',
      objective: { kind: 'log1p' },
      sampleWeight: 'w',
      metric: { stopOn: 'mae', headline: 'mape' },
    });
    const trained = await train(plan, data, place());
    assert.equal(trained.report.headline.name, 'mape');
    assert.ok(Number(trained.report.headline.value) < 0.3, String(trained.report.headline.value));
    assert.equal(trained.report.history?.metric, 'mae');
    const out = join(folder, 'weights-out.csv');
    assert.equal((await predict(plan, trained, data, '--out', out)).code, 0);
    const scored = readFileSync(out, 'utf8').trim().split('\n').slice(1).map(Number);
    assert.ok(Math.max(...scored) > 1000, 'predictions are on the scale of the target');
  });

  const ENDLESS: Readonly<Record<Family, Record<string, number>>> = {
    xgboost: { n_estimators: 100_000, early_stopping_rounds: 10_000, learning_rate: 1e-5 },
    lightgbm: { n_estimators: 100_000, early_stopping_rounds: 10_000, learning_rate: 1e-5 },
    catboost: { iterations: 100_000, early_stopping_rounds: 10_000, learning_rate: 1e-5 },
    keras: { epochs: 100_000, early_stopping_rounds: 100_000, learning_rate: 1e-6 },
  };

  for (const family of FAMILIES) {
    it(`ends the fit of ${family} when it is told to, and still evaluates and saves`, async () => {
      const rows = Array.from({ length: 3000 }, (_, index) => {
        return `${drawn(index, 1)},${drawn(index, 2)},${drawn(index, 1) * drawn(index, 2) + drawn(index, 3)}`;
      });
      const data = file('long.csv', `a,b,y\n${rows.join('\n')}\n`);
      const hyperparameters = ENDLESS[family];
      const plan = await planFor(data, { target: 'y', model: `${family}_regression`, hyperparameters });
      const at = place();
      const progress = join(at, 'progress.jsonl');
      const running = start(plan, data, at, { TABPOD_PROGRESS: progress });
      await running.printed('training: round');
      running.kill('SIGTERM');
      const { code, stderr } = await running.ended;
      assert.equal(code, 0, stderr);
      const report = reportIn(at);
      assert.equal(report.rounds?.stop_reason, 'time_limit');
      assert.ok(report.rounds.trained < 100_000);
      assert.equal(report.describes?.refitted, false);
      const lines = readFileSync(progress, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.filter(({ round }) => round === null).map(({ phase }) => phase),
        ['reading', 'preparing', 'training', 'evaluating', 'saving'],
      );
      const [told] = lines.filter(({ round }) => round !== null);
      assert.deepEqual(
        [told.phase, told.of, told.metric.name, typeof told.metric.value],
        ['training', 100_000, 'rmse', 'number'],
      );
    });
  }
});
