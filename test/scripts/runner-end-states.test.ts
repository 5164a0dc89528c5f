import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { keys } from '../../src/core/contract/keys.ts';
import { reportSchema } from '../../src/core/report/schema.ts';
import { until } from '../contract/until.ts';
import { ID, type Inputs, sha256, startRunner, workplace } from '../stub/machine.ts';

/** Runs a job to its end and returns its place and what the runner said last. */
async function ended(inputs: Inputs, more: Record<string, string> = {}) {
  const place = workplace(inputs);
  const process = startRunner(place, more);
  try {
    assert.equal(await process.ended, 0, process.output());
  } finally {
    process.kill();
  }
  const status = place.status();
  assert.equal(status.state, 'ended');
  assert.ok(status.final);
  return { place, status, final: status.final };
}

/** The sentence of the generated scripts, which the runner knows by its beginning. */
const NO_GPU = /"(A GPU was asked for[^"]*)"/.exec(readFileSync('templates/parts/run.py', 'utf8'))?.[1] ?? 'gone';

/** A script with these last words. */
function raising(words: string): string {
  return `import sys\nsys.exit(${JSON.stringify(words)})\n`;
}

describe('how a run ends', () => {
  it('succeeded: results, log and progress are there with their hashes', async () => {
    const { place, status, final } = await ended({});
    assert.deepEqual([final.outcome, final.reason, final.detail, final.exit], ['succeeded', null, null, 0]);
    assert.deepEqual(Object.keys(final.files).sort(), ['metrics.json', 'model.bin', 'progress.jsonl', 'train.log']);
    for (const [name, { bytes, sha256: expected }] of Object.entries(final.files)) {
      const content = readFileSync(place.path(keys.inRun(ID, name)));
      assert.deepEqual([content.length, sha256(content)], [bytes, expected], name);
    }
    reportSchema.parse(JSON.parse(place.text(keys.metrics(ID))));
    assert.equal(status.phase, 'saving');
    assert.equal(status.selfTermination, 'not_needed');
    assert.ok(status.tail.includes('reading 1 rows'));
    const log = Array.from({ length: status.logChunks }, (_, index) => place.text(keys.logChunk(ID, index + 1)));
    assert.equal(log.join(''), place.text(keys.inRun(ID, 'train.log')));
    const progress = Array.from({ length: status.progressChunks }, (_, i) => place.text(keys.progressChunk(ID, i + 1)));
    assert.equal(progress.join(''), place.text(keys.inRun(ID, 'progress.jsonl')));
    assert.ok(!existsSync(place.path(keys.inRun(ID, 'reserve'))));
    assert.ok(!existsSync(`${place.folder}/cache/work/tabpod-abcdef-job-1`));
    place.remove();
  });

  const failures: readonly (readonly [string, Inputs, string, RegExp, number | null])[] = [
    ['the script raises', { dataset: 'y,stub_fail\n1,2\n' }, 'script', /^ValueError: the stub was told to fail$/, 1],
    ['the script leaves no metrics', { dataset: 'y,stub_empty\n1,2\n' }, 'script', /wrote no metrics\.json/, 0],
    ['the script does not parse', { script: 'def (:\n' }, 'script', /^SyntaxError: /, 1],
    ['the script is killed', { dataset: 'y,stub_hungry\n1,2\n' }, 'out_of_memory', /too little memory/, -9],
    ['the script runs out of memory', { script: '[0] * (1 << 60)\n' }, 'out_of_memory', /^MemoryError/, 1],
    [
      'the table is larger than the memory',
      { script: raising('data.csv needs about 40.0 GiB of memory, and this machine has 8.0 GiB left: …') },
      'out_of_memory',
      /^data\.csv needs about 40\.0 GiB/,
      1,
    ],
    [
      'a library of the system is missing',
      { script: 'import ctypes\nctypes.CDLL("libgomp-gone.so.1")\n' },
      'environment',
      /^The library libgomp-gone\.so\.1 is not on this machine: install the system package/,
      1,
    ],
    ['the disk is full', { dataset: 'y,stub_full\n1,2\n' }, 'no_space', /No space left on device/, 1],
    [
      'the packages are not to be had',
      {
        script:
          '# /// script\n# dependencies = ["tabpod-none @ file:///nowhere/tabpod_none-1.0-py3-none-any.whl"]\n# ///\n',
      },
      'environment',
      /could not be installed: .*tabpod_none/,
      null,
    ],
    [
      'numpy finds no memory',
      { script: raising('numpy._core._ArrayMemoryError: Unable') },
      'out_of_memory',
      /Unable/,
      1,
    ],
    ['no GPU works', { script: raising(`\nWarning\n${NO_GPU}\n    ^^^\n`) }, 'no_gpu', /^A GPU was asked for/, 1],
    ['it says nothing', { script: 'raise SystemExit(3)\n' }, 'script', /^It gave no reason\.$/, 3],
    [
      'the header never ends',
      { script: '# /// script\n# dependencies = []\n\n# ///\n' },
      'environment',
      /header/,
      null,
    ],
    ['the header is broken', { script: '# /// script\n# dependencies = [\n# ///\n' }, 'environment', /header/, null],
  ];
  for (const [name, inputs, reason, detail, exit] of failures) {
    it(`failed: ${name}`, async () => {
      const { place, final } = await ended(inputs);
      assert.deepEqual([final.outcome, final.reason, final.exit], ['failed', reason, exit]);
      assert.match(final.detail ?? '', detail);
      assert.ok(final.files['train.log']);
      place.remove();
    });
  }

  it('failed: an input is missing, though it was waited for', async () => {
    const { place, final } = await ended({}, { TABPOD_DATASET: '/nowhere/data.csv' });
    assert.deepEqual([final.outcome, final.reason, final.exit], ['failed', 'input_missing', null]);
    assert.equal(final.detail, 'data.csv cannot be read: No such file or directory.');
    place.remove();
  });

  it('failed: an input is not what was uploaded', async () => {
    const place = workplace();
    writeFileSync(place.path(keys.script(ID)), 'print("something else")\n');
    const process = startRunner(place);
    await process.ended;
    assert.equal(place.status().final?.reason, 'input_damaged');
    assert.ok(!place.text(keys.inRun(ID, 'train.log')).includes('something else'));
    place.remove();
  });

  it('waits for an input that shows up late', async () => {
    const place = workplace();
    const script = place.text(keys.script(ID));
    writeFileSync(place.path(keys.script(ID)), script.slice(0, 100));
    const process = startRunner(place);
    await until('the runner waits', () => place.statusSoFar()?.state === 'waiting');
    writeFileSync(place.path(keys.script(ID)), script);
    await process.ended;
    assert.equal(place.status().final?.outcome, 'succeeded');
    place.remove();
  });
});
