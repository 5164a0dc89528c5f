import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { headerOf } from '../../scripts/header.mjs';
import { keys } from '../../src/core/contract/keys.ts';
import { submissionSchema } from '../../src/core/job/events.ts';
import { fold } from '../../src/core/job/fold.ts';
import { FAMILIES, MODEL_TYPES } from '../../src/core/model-type.ts';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { Profile } from '../../src/core/profile/schema.ts';
import { render } from '../../src/core/script/render.ts';
import { machineRequest } from '../../src/jobs/machine-request.ts';
import { MACHINE, SUBMISSION, submitted } from './job-world.ts';
import { classes, number, profileOf } from './plan-profiles.ts';

const lock = (family: string) => readFileSync(`templates/locks/${family}.txt`, 'utf8');

const TARGETS = {
  regression: number('y'),
  binary_classification: classes('y', { a: 500, b: 500 }),
  multiclass_classification: classes('y', { a: 400, b: 300, c: 300 }),
};

/** What the lists of a lock were made from, as their headings say. */
function madeFrom(text: string): { requirements: string[]; overrides: string[]; newer: string }[] {
  return [...text.matchAll(/^# (\{.*\})$/gm)].map(([, json = '']) => JSON.parse(json));
}

function scriptOf(model: (typeof MODEL_TYPES)[number], format: Profile['format'] = 'csv'): string {
  const target = Object.entries(TARGETS).find(([task]) => model.endsWith(task))?.[1] ?? number('y');
  const spec = { version: 1, dataset: { path: 'data.csv' }, target: 'y', model } as const;
  return render(resolve(spec, { ...profileOf([target, number('x')]), format }));
}

describe('locks', () => {
  it('there is one for each family, and no other', () => {
    assert.deepEqual(readdirSync('templates/locks').sort(), FAMILIES.map((family) => `${family}.txt`).sort());
  });

  for (const model of MODEL_TYPES) {
    it(`cover what the header of ${model} asks for, with and without a GPU (else: npm run locks)`, () => {
      const { requirements, cuda, overrides, newer } = headerOf(scriptOf(model));
      const workbook = headerOf(scriptOf(model, 'xlsx')).requirements;
      assert.ok(requirements.length > 0 && workbook.length > requirements.length);
      for (const wanted of [requirements, [...requirements, ...cuda], workbook]) {
        const lists = madeFrom(lock(model.split('_')[0] ?? ''));
        const covering = lists.find((list) => wanted.every((name) => list.requirements.includes(name)));
        assert.deepEqual([covering?.overrides, covering?.newer], [overrides, newer], wanted.join(', '));
      }
    });
  }

  it('name packages and hashes, and nothing of the registry they were made with', () => {
    const line = /^(?:# \{.*\}|[a-z0-9-]+==[\w.]+(?: ; [\w .'"<>=()]+)? \\| {4}--hash=sha256:[0-9a-f]{64}(?: \\)?)$/;
    for (const family of FAMILIES) {
      const odd = lock(family)
        .trimEnd()
        .split('\n')
        .filter((text) => !line.test(text) || /:\/\/|--index|--find-links/.test(text));
      assert.deepEqual(odd, [], family);
    }
  });

  it('are named to a machine with their hash, unless the job is older than locks', () => {
    const requestFor = (lockSha256?: string) => {
      const submission = submissionSchema.parse({ ...SUBMISSION, lockSha256 });
      const job = fold([{ ...submitted, submission }]);
      assert.ok(job);
      return machineRequest(job, MACHINE, null, undefined, 1);
    };
    const hash = 'b'.repeat(64);
    const { paths, environment } = requestFor(hash);
    assert.equal(paths.TABPOD_LOCK, keys.lock(hash));
    assert.equal(JSON.parse(environment.TABPOD_EXPECT ?? '').lock, hash);
    const older = requestFor();
    assert.ok(!('TABPOD_LOCK' in older.paths) && !(older.environment.TABPOD_EXPECT ?? '').includes('lock'));
  });
});
