import assert from 'node:assert/strict';
import { decide } from '../../src/core/job/decide.ts';
import {
  created,
  DAY,
  intended,
  job,
  listed,
  POLICY,
  pod,
  refused,
  SECOND,
  seen,
  staged,
  stop,
  table,
  unproven,
  unresolved,
} from './job-world.ts';

describe('decide: starting', () => {
  table([
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
  ]);

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
