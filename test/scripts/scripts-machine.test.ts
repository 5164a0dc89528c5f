import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { render } from '../../src/core/script/render.ts';
import { PENGUINS, planFor, python, scratch } from './training.ts';

describe('what a script asks of its machine', () => {
  const { folder, remove } = scratch();
  after(remove);

  before(async () => {
    const plan = await planFor(PENGUINS, { target: 'body_mass_g', model: 'xgboost_regression' });
    writeFileSync(join(folder, 'train.py'), render(plan));
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
sys.exit(train.explained())`;
    const { code: exit, stderr } = await within(code, ['--data', PENGUINS, '--out', join(folder, 'out')]);
    assert.equal(exit, 1);
    assert.match(stderr.trimEnd(), /^penguins\.csv needs about 0\.0 GiB of memory, and this machine has 0\.0 GiB left/);
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
