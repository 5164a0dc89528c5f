import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { render } from '../../src/core/script/render.ts';
import { PENGUINS, planFor, python, reportIn, scratch } from './training.ts';

describe('what a script asks of its machine', () => {
  const { folder, remove } = scratch();
  after(remove);

  before(async () => {
    const plan = await planFor(PENGUINS, { target: 'body_mass_g', model: 'xgboost_regression' });
    writeFileSync(join(folder, 'train.py'), render(plan));
  });

  // No GPU is needed for what is special there: that CatBoost tells and asks nobody, and goes on from snapshots.
  it('is followed by the log of CatBoost on a GPU, and asked to stop by an interrupt', async function () {
    if (process.platform === 'win32') return this.skip();
    const plan = await planFor(PENGUINS, {
      target: 'body_mass_g',
      model: 'catboost',
      hyperparameters: { iterations: 100_000, learning_rate: 1e-6, early_stopping_rounds: 10_000 },
      compute: { device: 'cuda' },
    });
    const own = scratch();
    try {
      own.file('train.py', render(plan));
      const code = `import sys\nsys.path.insert(0, sys.argv.pop(1))\nimport train
class OnCpu(train.catboost.CatBoostRegressor):
    def __init__(self, **settings): super().__init__(**{**settings, "task_type": "CPU"})
train.catboost.CatBoostRegressor = OnCpu
train.gpu_answers, train.gpu_memory_mb, train.SNAPSHOT_S = lambda: True, lambda: 123.0, 1
train.explained()`;
      const running = python(['-c', code, own.folder, '--data', PENGUINS, '--out', join(own.folder, 'out')]);
      await running.printed('training: round');
      await new Promise((fulfil) => setTimeout(fulfil, 1500));
      running.kill('SIGTERM');
      const { code: exit, stdout, stderr } = await running.ended;
      assert.equal(exit, 0, stdout + stderr);
      assert.doesNotMatch(stderr, /KeyboardInterrupt/);
      const { rounds, device } = reportIn(own.folder);
      assert.ok(rounds);
      assert.deepEqual([rounds.stop_reason, device.actual], ['time_limit', 'cuda']);
      const [, told] = /round (\d+) of at most 100000/.exec(stdout) ?? [];
      assert.ok(rounds.trained >= Number(told) && rounds.trained < 100_000, `${rounds.trained} rounds of ${told}`);
    } finally {
      own.remove();
    }
  });

  /** Runs code that can use the script as a module. */
  async function within(code: string, args: readonly string[] = [], environment: Record<string, string> = {}) {
    return await python(
      ['-c', `import sys\nsys.path.insert(0, sys.argv.pop(1))\nimport train\n${code}`, folder, ...args],
      environment,
    ).ended;
  }

  it('is how much memory there is, before a table takes it', async () => {
    const code = `assert train.available_memory() > 1e8
train.room_of_process = lambda: 10_000
train.explained()`;
    const { code: exit, stderr } = await within(code, ['--data', PENGUINS, '--out', join(folder, 'out')]);
    assert.equal(exit, 1);
    assert.match(stderr.trimEnd(), /^penguins\.csv needs about 0\.0 GiB of memory, and this machine has 0\.0 GiB left/);
  });

  // What JAX said on a GPU, and what is in XGBoost's library and CatBoost's for such a day.
  for (const said of [
    'RESOURCE_EXHAUSTED: Out of memory while trying to allocate 214.13GiB with allocator GPU_0_bfc on device 0.',
    'Memory allocation error on worker 0: bad_alloc: cudaErrorMemoryAllocation: out of memory',
    'Error: Out of memory. Requested 1073741824; Free 998244352',
  ])
    it(`is memory, named where it lacks: ${said.slice(0, 40)}…`, async () => {
      const code = `train.CONFIG["device"] = sys.argv.pop(1)
def fail(_): raise RuntimeError("${said}\\n  with details")
train.main = fail
train.explained()`;
      for (const [device, holder] of [
        ['cuda', 'the GPU'],
        ['cpu', 'this machine'],
      ] as const) {
        const { code: exit, stderr } = await within(code, [device, '--out', join(folder, 'out')]);
        assert.equal(exit, 1);
        const last = stderr.trimEnd().split('\n').at(-1) ?? '';
        assert.match(last, new RegExp(`^MemoryError: ${holder} has too little memory for this table`));
      }
    });

  it('is cores, of which the split does not depend', async () => {
    const code = `import pyarrow as pa
row = list(range(4000))
columns = [
    pa.array([None if k % 7 == 0 else k % 50 for k in row]),
    pa.array([None if k % 11 == 0 else k % 20 / 3 for k in row]),
    pa.array([None if k % 13 == 0 else "ü" * (k % 3) for k in row]),
]
same = {}
for cores in (1, 2, 3, 8):
    pa.set_cpu_count(cores)
    said = train.fingerprints(columns).tolist()
    same.setdefault(tuple(said), cores)
assert len(same) == 1, same.values()
rows = [repr(cells) for cells in zip(*(column.to_pylist() for column in columns))]
assert len(set(zip(rows, said))) == len(set(rows)) == len(set(said))`;
    const { code: exit, stderr } = await within(code);
    assert.equal(exit, 0, stderr);
  });

  it('is how much of the memory of the GPU is taken', async function () {
    if (process.platform === 'win32') this.skip();
    const smi = join(folder, 'nvidia-smi');
    writeFileSync(smi, '#!/bin/sh\nprintf "1234\\n99\\n"\n');
    chmodSync(smi, 0o755);
    const path = `${folder}${delimiter}${process.env.PATH}`;
    assert.equal((await within('print(train.gpu_memory_mb())', [], { PATH: path })).stdout.trim(), '1234.0');
    const none = { PATH: join(folder, 'none') };
    assert.equal((await within('print(train.gpu_memory_mb())', [], none)).stdout.trim(), '0.0');
  });
});
