import assert from 'node:assert/strict';
import { decide, type Effect, type Observation } from '../../src/core/job/decide.ts';
import type { JobEvent } from '../../src/core/job/events.ts';
import type { JobState } from '../../src/core/job/state.ts';
import {
  created,
  FINAL,
  intended,
  job,
  listed,
  MACHINE,
  POLICY,
  pod,
  refused,
  running,
  SECOND,
  seen,
  staged,
  status,
  unproven,
} from './job-world.ts';

interface Row {
  readonly when: string;
  readonly job: JobState;
  readonly seen: Observation;
  readonly now: number;
  readonly events: readonly JobEvent['kind'][];
  readonly effects: readonly Effect['kind'][];
}

const booting = [staged, intended, created];
const unresolved: JobEvent = { kind: 'unresolved', at: 3000, machine: MACHINE, detail: 'timeout' };
const missing: JobEvent = { kind: 'missing', at: 100_000, machine: MACHINE };
const gone: JobEvent = { kind: 'gone', at: 110_000, machine: MACHINE };
const final: JobEvent = { kind: 'final', at: 90_000, status: FINAL };
const collected: JobEvent = { kind: 'collected', at: 91_000, files: [] };
const stop = (at: number): JobEvent => ({ kind: 'stop-requested', at, by: 'user' });
const succeeded: JobEvent = { kind: 'ended', at: 92_000, outcome: { kind: 'succeeded' } };
const DAY = POLICY.unresolvedWatchMs;

const ROWS: readonly Row[] = [
  // Starting
  { when: 'new: upload', job: job(), seen: seen(), now: 1, events: [], effects: ['upload'] },
  {
    when: 'staged: name a machine, then rent it',
    job: job(staged),
    seen: seen(),
    now: 2000,
    events: ['intended'],
    effects: ['create'],
  },
  {
    when: 'another process drives: hands off',
    job: job(staged),
    seen: seen({ driver: 'other' }),
    now: 2000,
    events: [],
    effects: [],
  },
  {
    when: 'the submitter died before renting: interrupted',
    job: job(staged),
    seen: seen({ driver: 'nobody' }),
    now: 2000,
    events: ['ended'],
    effects: [],
  },
  {
    when: 'the submitter died while uploading: interrupted',
    job: job(),
    seen: seen({ driver: 'nobody' }),
    now: 2000,
    events: ['ended'],
    effects: [],
  },
  // Refusals
  {
    when: 'no capacity: the next GPU at once',
    job: job(staged, intended, refused('no-capacity')),
    seen: seen(),
    now: 3000,
    events: ['intended'],
    effects: ['create'],
  },
  {
    when: 'no funds: over',
    job: job(staged, intended, refused('no-funds')),
    seen: seen(),
    now: 3000,
    events: ['ended'],
    effects: [],
  },
  {
    when: 'bad key: over',
    job: job(staged, intended, refused('bad-key')),
    seen: seen(),
    now: 3000,
    events: ['ended'],
    effects: [],
  },
  {
    when: 'unavailable: not at once',
    job: job(staged, intended, refused('unavailable')),
    seen: seen(),
    now: 3000 + POLICY.createRetryMs - 1,
    events: [],
    effects: [],
  },
  {
    when: 'unavailable: again after a while',
    job: job(staged, intended, refused('unavailable')),
    seen: seen(),
    now: 3000 + POLICY.createRetryMs,
    events: ['intended'],
    effects: ['create'],
  },
  // The create call that was not answered
  {
    when: 'unanswered and listed: adopted',
    job: job(staged, intended, unresolved),
    seen: seen({ machines: listed(pod) }),
    now: 9000,
    events: ['created'],
    effects: [],
  },
  {
    when: 'unanswered, not listed yet: wait, rent nothing',
    job: job(staged, intended, unresolved),
    seen: seen({ machines: listed() }),
    now: 9000,
    events: [],
    effects: [],
  },
  {
    when: 'unanswered for minutes: next try',
    job: job(staged, intended, unresolved),
    seen: seen({ machines: listed() }),
    now: 2000 + POLICY.unresolvedLookupMs,
    events: ['intended'],
    effects: ['create'],
  },
  {
    when: 'unanswered for a day: given up',
    job: job(staged, intended, unresolved, stop(5000), {
      kind: 'ended',
      at: 6000,
      outcome: { kind: 'stopped', by: 'user' },
    }),
    seen: seen({ machines: listed() }),
    now: 2000 + DAY,
    events: ['refused'],
    effects: [],
  },
  {
    when: 'unanswered, the submitter died, listed: adopted and left to run',
    job: job(staged, intended),
    seen: seen({ driver: 'nobody', machines: listed(pod) }),
    now: 9000,
    events: ['created'],
    effects: [],
  },
  {
    when: 'unanswered, the submitter died, nothing listed for minutes: interrupted',
    job: job(staged, intended),
    seen: seen({ driver: 'nobody', machines: listed() }),
    now: 2000 + POLICY.unresolvedLookupMs,
    events: ['ended'],
    effects: [],
  },
  {
    when: 'unanswered, the submitter died, list unproven: unknown',
    job: job(staged, intended),
    seen: seen({ driver: 'nobody', machines: unproven }),
    now: 2000 + POLICY.unresolvedLookupMs,
    events: [],
    effects: [],
  },
  {
    when: 'a second machine after an unanswered first that did appear: end the second',
    job: job(
      staged,
      intended,
      unresolved,
      { ...intended, machine: SECOND },
      { ...created, machine: SECOND, id: 'pod2' },
    ),
    seen: seen({ machines: listed(pod, { ...pod, id: 'pod2', name: SECOND }) }),
    now: 9000,
    events: ['created', 'terminating'],
    effects: ['terminate'],
  },
  // Running
  {
    when: 'booting: nothing to do',
    job: job(...booting),
    seen: seen({ machines: listed(pod), status: 'absent' }),
    now: 60_000,
    events: [],
    effects: [],
  },
  {
    when: 'first status: it runs',
    job: job(...booting),
    seen: seen({ machines: listed(pod), status: status(), beatMovedAt: 60_000 }),
    now: 60_000,
    events: ['running'],
    effects: [],
  },
  {
    when: "another machine's status: not believed",
    job: job(...booting),
    seen: seen({ machines: listed(pod), status: status({ machine: 'podX' }) }),
    now: 60_000,
    events: [],
    effects: [],
  },
  {
    when: 'final status: bring the results home',
    job: job(...booting, running),
    seen: seen({ machines: listed(pod), status: status({ final: FINAL }) }),
    now: 90_000,
    events: ['final'],
    effects: ['collect'],
  },
  {
    when: 'collected: ended, and the machine is not waited for',
    job: job(...booting, running, final, collected),
    seen: seen({ machines: listed(pod) }),
    now: 92_000,
    events: ['ended', 'terminating'],
    effects: ['terminate'],
  },
  // Limits
  {
    when: 'dearer than agreed: end it now',
    job: job(staged, intended, { ...created, pricePerHour: 0.6 }),
    seen: seen({ machines: listed(pod) }),
    now: 4000,
    events: ['stop-requested', 'terminating'],
    effects: ['terminate'],
  },
  {
    when: 'price unknown: end it now',
    job: job(staged, intended, { ...created, pricePerHour: null }),
    seen: seen({ machines: listed(pod) }),
    now: 4000,
    events: ['stop-requested', 'terminating'],
    effects: ['terminate'],
  },
  {
    when: 'a cent of rounding is no change of price',
    job: job(staged, intended, { ...created, pricePerHour: 0.505 }),
    seen: seen({ machines: listed(pod) }),
    now: 4000,
    events: [],
    effects: [],
  },
  {
    when: 'booting too long: end it',
    job: job(...booting),
    seen: seen({ machines: listed(pod), status: 'absent' }),
    now: 2001 + POLICY.bootTimeoutMs,
    events: ['stop-requested', 'terminating'],
    effects: ['terminate'],
  },
  {
    when: 'over its time: ask for a graceful end',
    job: job(...booting, running),
    seen: seen({ machines: listed(pod), status: status(), beatMovedAt: 2001 + 2 * 3_600_000 }),
    now: 2001 + 2 * 3_600_000,
    events: ['stop-requested'],
    effects: ['sendStop'],
  },
  {
    when: 'silent: end it',
    job: job(...booting, running),
    seen: seen({ machines: listed(pod), status: status(), beatMovedAt: 60_000 }),
    now: 60_001 + POLICY.silentMs,
    events: ['stop-requested', 'terminating'],
    effects: ['terminate'],
  },
  {
    when: 'our own network is dead: no verdict on the beat',
    job: job(...booting, running),
    seen: seen({ beatMovedAt: 60_000 }),
    now: 60_001 + POLICY.silentMs,
    events: [],
    effects: [],
  },
  // Stopping
  {
    when: 'stop while running: graceful first',
    job: job(...booting, running, stop(70_000)),
    seen: seen({ machines: listed(pod), status: status() }),
    now: 70_000,
    events: [],
    effects: ['sendStop'],
  },
  {
    when: 'asked once',
    job: job(...booting, running, stop(70_000), { kind: 'stop-sent', at: 70_001 }),
    seen: seen({ machines: listed(pod), status: status() }),
    now: 71_000,
    events: [],
    effects: [],
  },
  {
    when: 'grace over: end the machine',
    job: job(...booting, running, stop(70_000), { kind: 'stop-sent', at: 70_001 }),
    seen: seen({ machines: listed(pod), status: status() }),
    now: 70_001 + POLICY.stopGraceMs,
    events: ['terminating'],
    effects: ['terminate'],
  },
  {
    when: 'stop while booting: nothing to save',
    job: job(...booting, stop(5000)),
    seen: seen({ machines: listed(pod), status: 'absent' }),
    now: 5000,
    events: ['terminating'],
    effects: ['terminate'],
  },
  {
    when: 'still listed: ask again',
    job: job(...booting, stop(5000), { kind: 'terminating', at: 5000, machine: MACHINE }),
    seen: seen({ machines: listed(pod), status: 'absent' }),
    now: 10_000,
    events: [],
    effects: ['terminate'],
  },
  {
    when: 'stop before anything was rented',
    job: job(stop(500)),
    seen: seen(),
    now: 500,
    events: ['ended'],
    effects: [],
  },
  {
    when: 'stop while a create call is unanswered: look first',
    job: job(staged, intended, unresolved, stop(5000)),
    seen: seen({ machines: listed() }),
    now: 9000,
    events: [],
    effects: [],
  },
  {
    when: 'ended, and the machine is still there: end it',
    job: job(...booting, running, final, collected, succeeded),
    seen: seen({ machines: listed(pod) }),
    now: 93_000,
    events: ['terminating'],
    effects: ['terminate'],
  },
  // Gone
  {
    when: 'not listed once: missing',
    job: job(...booting, running),
    seen: seen({ machines: listed(), status: status() }),
    now: 100_000,
    events: ['missing'],
    effects: [],
  },
  {
    when: 'not listed by an unproven key: unknown',
    job: job(...booting, running),
    seen: seen({ machines: unproven, status: status() }),
    now: 100_000,
    events: [],
    effects: [],
  },
  {
    when: 'not listed again too soon',
    job: job(...booting, running, missing),
    seen: seen({ machines: listed(), status: status() }),
    now: 100_000 + POLICY.verifyGapMs - 1,
    events: [],
    effects: [],
  },
  {
    when: 'listed again after all: seen',
    job: job(...booting, running, missing),
    seen: seen({ machines: listed(pod), status: status() }),
    now: 105_000,
    events: ['seen'],
    effects: [],
  },
  {
    when: 'not listed again: gone, and the final status is missed',
    job: job(...booting, running, missing),
    seen: seen({ machines: listed(), status: status() }),
    now: 110_000,
    events: ['gone', 'final-missing'],
    effects: [],
  },
  {
    when: 'gone, the volume did not answer: no verdict',
    job: job(...booting, running, missing, gone),
    seen: seen(),
    now: 200_000,
    events: [],
    effects: [],
  },
  {
    when: 'gone and no final status three times: lost',
    job: job(
      ...booting,
      running,
      missing,
      gone,
      { kind: 'final-missing', at: 110_000 },
      { kind: 'final-missing', at: 155_000 },
    ),
    seen: seen({ status: 'absent' }),
    now: 200_000,
    events: ['final-missing', 'ended'],
    effects: [],
  },
  {
    when: 'lost, and the final status came late: healed',
    job: job(...booting, running, missing, gone, { kind: 'ended', at: 200_000, outcome: { kind: 'lost' } }),
    seen: seen({ status: status({ final: FINAL }) }),
    now: 300_000,
    events: ['final'],
    effects: ['collect'],
  },
  {
    when: 'gone after a stop: stopped',
    job: job(...booting, stop(5000), missing, gone),
    seen: seen({ status: 'absent' }),
    now: 110_000,
    events: ['ended'],
    effects: [],
  },
  {
    when: 'gone before its final status was collected: collect still',
    job: job(...booting, running, final, missing, gone),
    seen: seen(),
    now: 110_000,
    events: [],
    effects: ['collect'],
  },
];

describe('decide', () => {
  for (const row of ROWS) {
    it(row.when, () => {
      const { events, effects } = decide(row.job, row.seen, row.now, POLICY);
      assert.deepEqual([events.map(({ kind }) => kind), effects.map(({ kind }) => kind)], [row.events, row.effects]);
    });
  }

  it('names a machine once: the try counts up', () => {
    const { events } = decide(job(staged, intended, refused('no-capacity')), seen(), 3000, POLICY);
    assert.deepEqual(events, [{ kind: 'intended', at: 3000, machine: SECOND, gpu: 'NVIDIA A40', quote: 0.9 }]);
  });

  it('tells every refusal in the words of the provider when no GPU is left', () => {
    const state = job(
      staged,
      intended,
      refused('no-capacity'),
      { ...intended, machine: SECOND, gpu: 'NVIDIA A40' },
      refused('no-capacity', 4000, SECOND),
    );
    const { events } = decide(state, seen(), 4000, POLICY);
    const [ended] = events;
    assert.equal(
      ended?.kind === 'ended' && ended.outcome.kind === 'failed' && ended.outcome.detail,
      'NVIDIA L4: no-capacity in its own words; NVIDIA A40: no-capacity in its own words',
    );
  });
});
