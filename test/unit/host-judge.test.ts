import assert from 'node:assert/strict';
import { explain, sentence } from '../../src/core/error.ts';
import { message } from '../../src/core/messages/index.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import { type Judge, judge } from '../../src/host/spec/judge.ts';
import { number, profileOf } from './plan-profiles.ts';

const PROFILE = profileOf([number('size'), number('price')]);

function verdict(spec: object, maximum: Judge['maximum'], profile = PROFILE) {
  const text = JSON.stringify({ version: 1, dataset: { path: 'data.csv' }, target: 'price', ...spec });
  const tabpod = { plan: resolve, script: () => 'script' };
  return judge(text, 'data.tabpod.json', profile, { tabpod, explain, word: sentence, maximum });
}

const errors = (spec: object, maximum: Judge['maximum']) =>
  verdict(spec, maximum)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ field }) => field);

describe('the verdict on a spec', () => {
  const maximum = { hours: 4, usd: 10 };
  const runpod = { backend: 'runpod' };

  it('is ready within the user’s maximum', () => {
    for (const spec of [{}, { limits: { hours: 4 } }, { compute: runpod, limits: { hours: 4, usd: 10 } }]) {
      assert.deepEqual(errors(spec, maximum), []);
      assert.equal(verdict(spec, maximum).ready?.script, 'script');
    }
  });

  it('is not ready above it, wherever the job is to run', () => {
    assert.deepEqual(errors({ limits: { hours: 4.1 } }, maximum), ['limits.hours']);
    assert.deepEqual(errors({ compute: runpod, limits: { hours: 5, usd: 11 } }, maximum), [
      'limits.hours',
      'limits.usd',
    ]);
    assert.equal(verdict({ limits: { hours: 5 } }, maximum).ready, undefined);
  });

  it('holds the default limits to the maximum too', () => {
    assert.deepEqual(errors({}, { hours: 1, usd: 10 }), ['limits.hours']);
    assert.deepEqual(errors({ compute: runpod }, { hours: 4, usd: 1 }), ['limits.usd']);
  });

  it('asks no money limit of this computer', () => {
    assert.deepEqual(errors({ limits: { usd: 500 } }, maximum), []);
  });

  it('says what is odd about a dataset before a target is chosen', () => {
    const odd = { ...PROFILE, findings: [message('data/one-column', { name: 'data.csv' })] };
    const { problems, ready } = verdict({ target: undefined }, maximum, odd);
    assert.equal(ready, undefined);
    assert.deepEqual(
      problems.map(({ field, severity }) => [field, severity]),
      [
        ['target', 'error'],
        ['dataset', 'warning'],
      ],
    );
  });
});
