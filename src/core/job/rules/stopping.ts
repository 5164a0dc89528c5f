import { type Decision, type Effect, NOTHING, type Situation } from '../decision.ts';
import type { JobEvent, StopCause } from '../events.ts';
import { type JobMachine, type JobState, liveMachines } from '../state.ts';

/** Causes for which the script gets its grace to save; the others have nothing to save or nobody to ask. */
const GRACEFUL: readonly StopCause[] = ['user', 'time_limit', 'cost_limit'];

/** Ends machines that have no more work: after the final status, after a stop, after the job's end, and doubles. */
export function stopping(job: JobState, situation: Situation): Decision {
  const live = liveMachines(job);
  const created = live.filter(({ state }) => state === 'created');
  if (job.outcome) return terminate(created, situation);
  if (job.final) {
    const late = situation.now - job.final.at > situation.policy.selfEndGraceMs;
    return late ? terminate(created, situation) : NOTHING;
  }
  if (job.stop)
    return created.length > 0 ? stop(job, job.stop, created, situation) : stopped(job, job.stop.by, live, situation);
  // A create call thought unanswered may have rented after all: the first machine keeps the job.
  return terminate(created.slice(1), situation);
}

function stop(
  job: JobState,
  stop: NonNullable<JobState['stop']>,
  created: readonly JobMachine[],
  situation: Situation,
): Decision {
  const { now, policy } = situation;
  const mayStillSave = GRACEFUL.includes(stop.by) && job.runningSince !== null && now - stop.at <= policy.stopGraceMs;
  if (!mayStillSave) return terminate(created, situation);
  return stop.sent ? NOTHING : { events: [], effects: [{ kind: 'sendStop', reason: stop.by }] };
}

/** Nothing is rented. A machine whose create call was not answered is watched on, but the job need not wait for it. */
function stopped(job: JobState, by: StopCause, live: readonly JobMachine[], { now, policy }: Situation): Decision {
  if (live.some(({ intendedAt }) => now - intendedAt < policy.unresolvedLookupMs)) return NOTHING;
  if (job.machines.some(({ state }) => state === 'gone')) return NOTHING;
  return { events: [{ kind: 'ended', at: now, outcome: { kind: 'stopped', by } }], effects: [] };
}

/** Asked for at every look until the machine is seen no more: a lost call must not leave it running. */
function terminate(machines: readonly JobMachine[], { now }: Situation): Decision {
  const events: JobEvent[] = [];
  const effects: Effect[] = [];
  for (const { name, id, missingSince, terminatingAt } of machines) {
    if (id === null || missingSince !== null) continue;
    if (terminatingAt === null) events.push({ kind: 'terminating', at: now, machine: name });
    effects.push({ kind: 'terminate', machine: name, id });
  }
  return { events, effects };
}
