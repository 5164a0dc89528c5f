import { isAgreedPrice, jobCost } from '../cost.ts';
import { type Decision, NOTHING, type Situation } from '../decision.ts';
import type { StopCause } from '../events.ts';
import { type JobMachine, type JobState, liveMachines } from '../state.ts';

/** Stops a job that costs, takes or keeps silent longer than agreed. */
export function limit(job: JobState, situation: Situation): Decision {
  if (job.stop || job.final || job.outcome) return NOTHING;
  const created = liveMachines(job).filter(({ state }) => state === 'created');
  const cause = created.length > 0 ? breached(job, created, situation) : undefined;
  return cause ? { events: [{ kind: 'stop-requested', at: situation.now, by: cause }], effects: [] } : NOTHING;
}

function breached(
  job: JobState,
  created: readonly JobMachine[],
  { seen, now, policy }: Situation,
): StopCause | undefined {
  const { limits } = job.submission;
  const since = Math.min(...created.map(({ createdAt }) => createdAt ?? now));
  if (!created.every(isAgreedPrice)) return 'price';
  // Only once its status was read in the same look: a run that ended in good order says so there.
  const exited = seen.machines?.listed.filter((machine) => machine.exited).map(({ id }) => id) ?? [];
  if (seen.status !== undefined && created.every(({ id }) => id !== null && exited.includes(id))) return 'provider';
  if (now - since > limits.hours * 3_600_000) return 'time_limit';
  if ((jobCost(job, now) ?? 0) > limits.usd) return 'cost_limit';
  if (job.runningSince === null) return now - since > policy.bootTimeoutMs ? 'boot_timeout' : undefined;
  // No look at the beat, no verdict on it: a dead network here is not a dead machine there.
  if (seen.status === undefined || seen.beatMovedAt === null) return undefined;
  return now - seen.beatMovedAt > policy.silentMs ? 'silent' : undefined;
}
