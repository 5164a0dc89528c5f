import assert from 'node:assert/strict';
import { explain } from '../../src/core/error.ts';
import { TASKS } from '../../src/core/model-type.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import { scriptConfig } from '../../src/core/script/config.ts';
import { pyLiteral } from '../../src/core/script/literal.ts';
import { REPORT_PART } from '../../src/core/script/parts.ts';
import { render } from '../../src/core/script/render.ts';
import { classes, number, profileOf } from './plan-profiles.ts';

const PROFILE = profileOf([classes('y', { a: 500, b: 500 }), number('x'), number('z', { name: 'z"\n{{x}}' })]);

const PLAN = resolve({ version: 1, dataset: { path: 'data.csv' }, target: 'y' }, PROFILE);

const forTask = (task: Plan['task']): Plan => ({ ...PLAN, task, modelType: `xgboost_${task}` });

describe('render', () => {
  it('gives the same bytes for the same plan', () => {
    assert.equal(render(PLAN), render(structuredClone(PLAN)));
  });

  it('prints the whole CONFIG, once', () => {
    const config = `CONFIG: dict[str, Any] = ${pyLiteral(scriptConfig(PLAN))}\n`;
    assert.equal(render(PLAN).split(config).length, 2);
  });

  it('ends lines with LF and the file with one of them', () => {
    const script = render(PLAN);
    assert.equal(/\r|[ \t]\n/.exec(script)?.index, undefined);
    assert.ok(/[^\n]\n$/.test(script));
  });

  it('leaves nothing of the template behind', () => {
    for (const task of TASKS) {
      const script = render({ ...forTask(task), features: PLAN.features.filter(({ name }) => name === 'x') });
      assert.equal(/\{\{(?:[#/]|else|literal)/.exec(script)?.[0], undefined);
    }
  });

  it('ends with the same report part for each task', () => {
    for (const task of TASKS) assert.ok(render(forTask(task)).endsWith(`\n\n\n${REPORT_PART}\n`), task);
  });

  it('says so when there is no template, as for a plan of a later version', () => {
    const family = JSON.parse('"prophet"');
    assert.throws(
      () => render({ ...PLAN, family }),
      (error) => explain(error) === 'Training template not found: prophet.py.hbs',
    );
  });
});
