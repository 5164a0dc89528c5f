import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAgreedPrice, jobCost, limitSeconds } from '../../src/core/job/cost.ts';
import { decide } from '../../src/core/job/decide.ts';
import type { JobEvent } from '../../src/core/job/events.ts';
import { apply } from '../../src/core/job/fold.ts';
import { machineName, ownerOf } from '../../src/core/job/machine-name.ts';
import { isSettled, liveMachines, phaseOf } from '../../src/core/job/state.ts';
import { modelId, modelIdSchema, slug } from '../../src/core/model-id.ts';
import {
  created,
  FINAL,
  ID,
  intended,
  job,
  listed,
  MACHINE,
  POLICY,
  pod,
  refused,
  running,
  seen,
  staged,
  submitted,
} from './job-world.ts';

const HOUR = 3_600_000;
const gone: JobEvent = { kind: 'gone', at: 5 * HOUR, machine: MACHINE };
const succeeded: JobEvent = { kind: 'ended', at: 9, outcome: { kind: 'succeeded' } };

const anyEvent = fc.constantFrom<JobEvent>(
  submitted,
  staged,
  intended,
  created,
  running,
  refused('no-capacity'),
  { kind: 'unresolved', at: 3, machine: MACHINE, detail: '' },
  { kind: 'missing', at: HOUR, machine: MACHINE },
  { kind: 'seen', at: HOUR, machine: MACHINE },
  gone,
  { kind: 'stop-requested', at: 4, by: 'user' },
  { kind: 'stop-sent', at: 5 },
  { kind: 'final', at: 6, status: FINAL },
  { kind: 'final-missing', at: 7 },
  { kind: 'collected', at: 8, files: [] },
  succeeded,
  { kind: 'ended', at: 9, outcome: { kind: 'lost' } },
);

describe('a job as the fold of its events', () => {
  it('goes through its phases', () => {
    const events = [staged, created, running, { kind: 'final', at: 6, status: FINAL } as const, succeeded];
    const phases = ['staging', 'launching', 'booting', 'running', 'collecting', 'ended'];
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((count) => phaseOf(job(intended, ...events.slice(0, count)))),
      phases,
    );
  });

  it('is settled only when it is ended and no machine may run', () => {
    assert.equal(isSettled(job(staged, intended, created, succeeded)), false);
    assert.equal(isSettled(job(staged, intended, created, gone)), false);
    assert.equal(isSettled(job(staged, intended, created, gone, succeeded)), true);
    assert.equal(isSettled(job(staged, intended, refused('no-funds'), succeeded)), true);
  });

  it('comes to the same state when events are told twice', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        const once = job(...events);
        const last = events.at(-1);
        if (!last || last.kind === 'final-missing') return;
        assert.deepEqual(apply(once, last), once);
      }),
    );
  });

  it('never forgets a machine that was rented, and never rents twice in one decision', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 14 }),
        fc.integer({ min: 0, max: 30 * HOUR }),
        fc.boolean(),
        (events, now, there) => {
          const state = job(...events);
          const { effects } = decide(
            state,
            seen({ machines: listed(...(there ? [pod] : [])), status: 'absent' }),
            now,
            POLICY,
          );
          assert.ok(effects.filter(({ kind }) => kind === 'create').length <= 1);
          const rented =
            events.some(({ kind }) => kind === 'created') && events.some(({ kind }) => kind === 'intended');
          if (rented && events.indexOf(intended) < events.indexOf(created)) {
            assert.ok(!effects.some(({ kind }) => kind === 'create'), 'a second machine beside a rented one');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('money', () => {
  it('counts from the create call to the first read that did not show the machine', () => {
    const state = job(staged, { ...intended, at: 0 }, created, { kind: 'missing', at: HOUR, machine: MACHINE }, gone);
    assert.equal(jobCost(state, 9 * HOUR), 0.5);
  });

  it('counts a machine that still runs until now', () => {
    assert.equal(jobCost(job(staged, { ...intended, at: 0 }, created), 2 * HOUR), 1);
  });

  it('is unknown when a price is', () => {
    assert.equal(jobCost(job(staged, intended, { ...created, pricePerHour: null }), HOUR), null);
  });

  it('takes the smaller of both limits', () => {
    assert.equal(limitSeconds({ hours: 2, usd: 5 }, 10), 1800);
    assert.equal(limitSeconds({ hours: 2, usd: 5 }, 0.5), 7200);
    assert.equal(limitSeconds({ hours: 2, usd: 5 }, null), 7200);
  });

  it('agrees to a cheaper price than quoted', () => {
    const [machine] = liveMachines(job(staged, intended, { ...created, pricePerHour: 0.4 }));
    assert.equal(machine && isAgreedPrice(machine), true);
  });
});

describe('names', () => {
  it('puts owner, job and try into a machine name, and reads the owner back', () => {
    assert.equal(machineName('0a1b2c', ID, 3), 'tabpod-0a1b2c-2207ab12-3');
    assert.equal(ownerOf('tabpod-0a1b2c-2207ab12-3'), '0a1b2c');
    for (const foreign of ['my-pod', 'tabpod-', 'tabpod-0a1b2c-2207ab12', 'xtabpod-0a1b2c-2207ab12-3']) {
      assert.equal(ownerOf(foreign), undefined);
    }
  });

  it('makes a model id of any dataset name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const id = modelId(name, 'keras_multiclass_classification', new Date(0), '00ff');
        assert.equal(modelIdSchema.parse(id), id);
      }),
    );
  });

  it('reminds of the file', () => {
    assert.equal(slug('Palmer Penguins (2020).csv'), 'palmer-penguins-2020');
    assert.equal(slug('données_été.csv.gz'), 'donnees-ete');
    assert.equal(slug('數據.csv'), 'data');
  });
});
