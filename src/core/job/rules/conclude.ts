import type { FinalStatus } from '../../contract/status.ts';
import { limitSeconds } from '../cost.ts';
import { type Decision, NOTHING, type Situation } from '../decision.ts';
import type { JobEvent, Outcome, StopCause } from '../events.ts';
import { type JobState, liveMachines } from '../state.ts';

/** Ends a job: results collected, or nothing left that could still report. */
export function conclude(job: JobState, situation: Situation): Decision {
  if (job.outcome) return NOTHING;
  if (job.final) return concludeFinal(job, job.final.status, situation);
  if (liveMachines(job).length > 0) return NOTHING;
  if (job.machines.some(({ state }) => state === 'gone')) return concludeGone(job, situation);
  return NOTHING;
}

function concludeFinal(job: JobState, final: FinalStatus, { now }: Situation): Decision {
  if (!job.collected) return { events: [], effects: [{ kind: 'collect' }] };
  return { events: [{ kind: 'ended', at: now, outcome: outcomeOf(job, final) }], effects: [] };
}

function outcomeOf(job: JobState, final: FinalStatus): Outcome {
  switch (final.outcome) {
    case 'succeeded':
      return { kind: 'succeeded' };
    case 'stopped':
      return { kind: 'stopped', by: job.stop?.by ?? (final.reason === 'time_limit' ? limitReached(job) : 'user') };
    case 'failed':
      return { kind: 'failed', reason: final.reason ?? 'script', detail: final.detail ?? '' };
  }
}

/** The runner knows one limit, in seconds: the nearer of what was agreed on time and on money. */
function limitReached({ submission, machines }: JobState): StopCause {
  const { limits } = submission;
  const quote = machines.find(({ state }) => state !== 'refused')?.quote ?? null;
  return limitSeconds(limits, quote) < limitSeconds(limits, null) ? 'cost_limit' : 'time_limit';
}

/** All machines are gone. The final status may still be on its way through the volume: it gets several reads. */
function concludeGone(job: JobState, { seen, now, policy }: Situation): Decision {
  if (job.stop)
    return { events: [{ kind: 'ended', at: now, outcome: { kind: 'stopped', by: job.stop.by } }], effects: [] };
  if (seen.status === undefined) return NOTHING;
  const last = job.finalMissing.at(-1);
  if (last !== undefined && now - last < policy.lostGapMs) return NOTHING;
  const events: JobEvent[] = [{ kind: 'final-missing', at: now }];
  if (job.finalMissing.length + 1 >= policy.lostReads)
    events.push({ kind: 'ended', at: now, outcome: { kind: 'lost' } });
  return { events, effects: [] };
}
