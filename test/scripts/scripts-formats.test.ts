import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FAMILIES, type Family } from '../../src/core/model-type.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import type { Report } from '../../src/core/report/schema.ts';
import { render } from '../../src/core/script/render.ts';
import { evaluated, PENGUINS, planFor, predict, python, reportIn, scratch, start, train } from './training.ts';

/** The penguins in every form; one column more is a date, one is boolean. */
const WRITE = `
import datetime, sys, zipfile
import pandas as pd, pyarrow as pa, pyarrow.csv, pyarrow.parquet
folder = sys.argv[2]
frame = pd.read_csv(sys.argv[1])
frame["seen"] = [datetime.date(2020, 1, 1) + datetime.timedelta(days=i % 90) for i in range(len(frame))]
frame["tagged"] = [None if i % 50 == 7 else bool(i % 3) for i in range(len(frame))]
frame.to_csv(f"{folder}/plain.csv", index=False)
frame.to_excel(f"{folder}/book.xlsx", index=False, startrow=3)
table = pa.Table.from_pandas(frame, preserve_index=False)
table = table.set_column(table.column_names.index("island"), "island", table["island"].dictionary_encode())
pyarrow.parquet.write_table(table, f"{folder}/table.parquet", row_group_size=100, compression="zstd")
text = open(f"{folder}/plain.csv", "rb").read()
for name, kind in (("plain.csv.gz", "gzip"), ("plain.csv.zst", "zstd")):
    with pa.CompressedOutputStream(f"{folder}/{name}", kind) as out:
        out.write(text)
with zipfile.ZipFile(f"{folder}/plain.zip", "w", zipfile.ZIP_DEFLATED) as out:
    out.writestr("__MACOSX/._plain.csv", b"x")
    out.writestr("inner/plain.csv", text)
print("null")
`;

const FILES = ['plain.csv.gz', 'plain.csv.zst', 'plain.zip', 'book.xlsx', 'table.parquet'];

/** A few rounds tell as well whether a file is read. */
const QUICK: Readonly<Record<Family, Record<string, number>>> = {
  xgboost: { n_estimators: 20 },
  lightgbm: { n_estimators: 20 },
  catboost: { iterations: 20 },
  keras: { epochs: 40, hidden_units: 32, batch_size: 32, learning_rate: 0.003 },
};

const SPEC = { target: 'body_mass_g', model: 'xgboost_regression', hyperparameters: QUICK.xgboost } as const;

describe('a script on a table in another form', () => {
  const { folder, file, remove } = scratch();
  let plain: Report;
  let number = 0;
  after(remove);

  function place(): string {
    number++;
    mkdirSync(join(folder, String(number)));
    return join(folder, String(number));
  }

  before(async () => {
    await evaluated(WRITE, PENGUINS, folder);
    const data = join(folder, 'plain.csv');
    plain = (await train(await planFor(data, SPEC), data, place())).report;
  });

  for (const name of FILES) {
    it(`${name}: it learns the same as from the CSV, and predict.py scores it the same`, async () => {
      const data = join(folder, name);
      const plan = await planFor(data, SPEC);
      const trained = await train(plan, data, place());
      assert.equal(trained.report.data.rows_used, plain.data.rows_used);
      assert.deepEqual(trained.report.data.columns, plain.data.columns);
      // Where cells are written in another way rows have other fingerprints, and are divided otherwise.
      if (name.startsWith('plain')) assert.deepEqual(trained.report.metrics, plain.metrics);
      else assert.ok(Number(trained.report.r2) > 0.6, String(trained.report.r2));
      const outs = [join(folder, `${name}.scored.csv`), join(folder, `${name}.plain.csv`)];
      for (const [from, out] of [
        [data, outs[0] ?? ''],
        [join(folder, 'plain.csv'), outs[1] ?? ''],
      ] as const) {
        const scored = await predict(plan, trained, from, '--out', out);
        assert.equal(scored.code, 0, scored.stderr);
      }
      assert.equal(readFileSync(outs[0] ?? '', 'utf8'), readFileSync(outs[1] ?? '', 'utf8'));
    });
  }

  for (const family of FAMILIES) {
    it(`${family}: it trains on Parquet, and on an address that sends a packed file`, async () => {
      const data = join(folder, 'table.parquet');
      const plan = await planFor(data, {
        target: 'sex',
        model: `${family}_binary_classification`,
        hyperparameters: QUICK[family],
      });
      const { report } = await train(plan, data, place());
      assert.ok(Number(report.metrics.test.roc_auc?.value) > 0.7, JSON.stringify(report.metrics.test.roc_auc));
      const server = createServer((_, reply) => reply.end(readFileSync(join(folder, 'plain.csv.gz'))));
      await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil));
      const address = server.address();
      assert.ok(address && typeof address === 'object');
      const remote: Plan = { ...plan, dataset: { url: `http://127.0.0.1:${address.port}/penguins` } };
      const at = place();
      writeFileSync(join(at, 'train.py'), render(remote));
      const { code, stderr } = await python([join(at, 'train.py'), '--out', join(at, 'out')]).ended;
      server.close();
      assert.equal(code, 0, stderr);
      assert.equal(reportIn(at).data.rows_used, report.data.rows_used);
    });
  }

  it('ends with one sentence on what cannot be read to its end', async () => {
    const gz = readFileSync(join(folder, 'plain.csv.gz'));
    const book = readFileSync(join(folder, 'book.xlsx'));
    const parquet = readFileSync(join(folder, 'table.parquet'));
    await evaluated(
      `import pyarrow as pa, pyarrow.parquet, zipfile
at = sys.argv[1]
rows = {"body_mass_g": [1.0, 2.0], "island": ["a", "b"]}
pyarrow.parquet.write_table(pa.table({**rows, "tags": [["a"], ["b"]]}), f"{at}/nested.parquet")
with zipfile.ZipFile(f"{at}/two.zip", "w") as out:
    out.writestr("a.csv", "a,b")
    out.writestr("b.csv", "a,b")
print("null")`,
      folder,
    );
    const cases = [
      [file('cut.csv.gz', gz.subarray(0, gz.length - 60)), /^cut\.csv\.gz is damaged or cut off: /],
      [file('odd.csv.gz', Buffer.concat([gz.subarray(0, 200), Buffer.alloc(900, 7)])), /^odd\.csv\.gz is damaged/],
      [file('cut.xlsx', book.subarray(0, book.length / 2)), /^cut\.xlsx is damaged or cut off: /],
      [file('cut.parquet', parquet.subarray(0, 3000)), /^cut\.parquet cannot be read as a Parquet file: /],
      [join(folder, 'nested.parquet'), /^Column 'tags' of nested\.parquet holds lists or structures: flatten it/],
      [join(folder, 'two.zip'), /^two\.zip holds 2 files: pack one table alone\.$/],
    ] as const;
    const plan = await planFor(join(folder, 'plain.csv'), SPEC);
    for (const [data, sentence] of cases) {
      const { code, stderr } = await start(plan, data, place()).ended;
      assert.equal(code, 1, data);
      assert.match(stderr.trimEnd(), sentence);
      assert.doesNotMatch(stderr, /Traceback/);
    }
  });

  it('takes a table for text that begins as a zip archive does', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => `${index},${(index * 7) % 13},${index * 2}`);
    const data = file('pk.csv', `PK,x,y\n${rows.join('\n')}\n`);
    await train(await planFor(data, { target: 'y', model: 'xgboost_regression' }), data, place());
  });

  it('stops unpacking what is no table', async () => {
    const plan = await planFor(join(folder, 'plain.csv'), SPEC);
    const at = place();
    const bomb = file('bomb.csv.gz', gzipSync(Buffer.concat([readFileSync(PENGUINS), Buffer.alloc(60 * 2 ** 20, 48)])));
    writeFileSync(
      join(at, 'train.py'),
      render(plan).replace(/^MOST_UNPACKED, .*$/m, 'MOST_UNPACKED, MOST_TIMES = 1 << 20, 200'),
    );
    const { code, stderr } = await python([join(at, 'train.py'), '--data', bomb, '--out', join(at, 'out')]).ended;
    assert.equal(code, 1);
    assert.match(stderr.trimEnd(), /^bomb\.csv\.gz unpacks to over 200 times its size: it is no table\.$/);
  });
});
