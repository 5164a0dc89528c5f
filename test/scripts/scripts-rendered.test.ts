import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelType } from '../../src/core/model-type.ts';
import { MODEL_TYPES } from '../../src/core/model-type.ts';
import { renderPredict } from '../../src/core/script/predict.ts';
import { render } from '../../src/core/script/render.ts';
import { PENGUINS, planFor, python, scratch } from './training.ts';

const MOST_READERS_LINES = 200;
const LINE = /^# -+\n# The report part/m;

/** The golden files are rewritten with `UPDATE_GOLDEN=1`. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';

const TARGETS = { regression: 'body_mass_g', binary_classification: 'sex', multiclass_classification: 'species' };

function planOf(model: ModelType) {
  const target = Object.entries(TARGETS).find(([task]) => model.endsWith(task))?.[1];
  assert.ok(target);
  return planFor(PENGUINS, { target, model });
}

/** What a person reads: everything above the line. */
function readersPart(script: string): string {
  const [part, rest] = script.split(LINE);
  assert.ok(part && rest, 'the line between the two parts is there');
  return part;
}

function functionOf(script: string, name: string): string {
  const from = script.indexOf(`\ndef ${name}(`);
  assert.ok(from > 0, name);
  return script.slice(from, script.indexOf('\n\n\n', from));
}

function compareWithGolden(name: string, text: string): void {
  const path = join('test', 'golden', name);
  if (UPDATE) {
    mkdirSync(join('test', 'golden'), { recursive: true });
    writeFileSync(path, text);
  }
  assert.ok(existsSync(path), `${path} is there (UPDATE_GOLDEN=1 writes it)`);
  assert.equal(text, readFileSync(path, 'utf8').replaceAll('\r\n', '\n'));
}

describe('a rendered script', () => {
  for (const model of MODEL_TYPES) {
    it(`${model}: its reader's part is as the golden file says, and short`, async () => {
      const part = readersPart(render(await planOf(model)));
      compareWithGolden(`${model}.py`, part);
      const lines = part.trimEnd().split('\n').length;
      assert.ok(lines <= MOST_READERS_LINES, `${lines} lines`);
    });
  }

  it('shares the report part with the scripts of all tasks of its family, and apply_schema with predict.py', async () => {
    for (const model of MODEL_TYPES) {
      const plan = await planOf(model);
      const script = render(plan);
      const other = render(await planOf(`${plan.family}_regression`));
      assert.equal(script.split(LINE)[1], other.split(LINE)[1]);
      for (const name of ['apply_schema', 'encode_column', 'canonical', 'to_text', 'to_number', 'to_days', 'outputs']) {
        assert.equal(functionOf(renderPredict(plan), name), functionOf(script, name));
      }
    }
  });

  it('is clean to ruff, as is predict.py', async () => {
    const { folder, file, remove } = scratch();
    file('ruff.toml', readFileSync('ruff.toml'));
    for (const model of MODEL_TYPES) {
      const plan = await planOf(model);
      file(`${model}.py`, render(plan));
      file(`predict_${model}.py`, renderPredict(plan));
    }
    for (const command of [
      ['check', '--no-cache'],
      ['format', '--check', '--no-cache'],
    ]) {
      const { code, stdout, stderr } = await python(['-m', 'ruff', ...command, folder]).ended;
      assert.equal(code, 0, stdout + stderr);
    }
    remove();
  });

  it('is clean to a type checker, as is predict.py', async () => {
    const { folder, file, remove } = scratch();
    for (const model of MODEL_TYPES) {
      const plan = await planOf(model);
      file(`${model}.py`, render(plan));
      file(`predict_${plan.family}.py`, renderPredict(plan));
    }
    const { code, stdout, stderr } = await python([
      '-m',
      'mypy',
      '--ignore-missing-imports',
      '--cache-dir',
      join(folder, 'cache'),
      folder,
    ]).ended;
    assert.equal(code, 0, stdout + stderr);
    remove();
  }).timeout(300_000);

  it('names no run: the same plan gives the same bytes', async () => {
    assert.equal(render(await planOf('xgboost_regression')), render(await planOf('xgboost_regression')));
  });
});
