import { explainAny } from '../backends/explain.ts';
import { decide } from '../core/job/decide.ts';
import type { Observation } from '../core/job/decision.ts';
import { apply } from '../core/job/fold.ts';
import type { Policy } from '../core/job/policy.ts';
import { isOnlyWatched, isSettled, type JobState, liveMachines } from '../core/job/state.ts';
import type { ModelId } from '../core/model-id.ts';
import type { JobRecord } from '../ledger/ledger.ts';
import type { Cargo, JobsContext, Memory } from './context.ts';
import { observe } from './observe.ts';
import { perform } from './perform.ts';
import { isAlive } from './process.ts';

export interface DriveOptions {
  readonly signal: AbortSignal;
  readonly memory: Memory;
  /** There when this process submitted the job. */
  readonly cargo: Cargo | undefined;
  /** Asked whenever nothing more happens by itself: go on waiting? */
  goOn(job: JobState): boolean;
}

/** Looks, decides, journals and performs, again and again, until the job is settled or nobody wants to wait. */
export async function drive(id: ModelId, options: DriveOptions, context: JobsContext): Promise<void> {
  for (let looks = 0; !options.signal.aborted; looks += 1) {
    const record = await context.ledger.read(id);
    if (!record) return;
    if (isSettled(record.state)) {
      await context.ledger.settle(id);
      // A lost job is looked at once more each time: its final status may have come through after all.
      if (record.state.outcome?.kind !== 'lost' || looks > 0) return;
    }
    const policy = context.policy(record.state.submission);
    const step = await look(id, record, policy, options, context);
    context.changed(id);
    if (step.moved) continue;
    if (!options.goOn(step.state)) return;
    await context.clock.sleep(pause(step.state, policy), options.signal);
  }
}

interface Step {
  /** Whether something new was journalled: then the next look follows at once. */
  readonly moved: boolean;
  readonly state: JobState;
}

/** Whoever cannot write to the ledger now tries again: nobody walks away from a machine that costs money. */
async function look(
  id: ModelId,
  record: JobRecord,
  policy: Policy,
  options: DriveOptions,
  context: JobsContext,
): Promise<Step> {
  try {
    return await lookOnce(id, record, policy, options, context);
  } catch (error) {
    options.memory.trouble = explainAny(error);
    context.log.warn(`${id}: ${options.memory.trouble}`);
    return { moved: false, state: record.state };
  }
}

async function lookOnce(
  id: ModelId,
  { state: job, next }: JobRecord,
  policy: Policy,
  options: DriveOptions,
  context: JobsContext,
): Promise<Step> {
  const seen = await observe(job, options.memory, driverOf(job, options, context), context);
  const { events, effects } = decide(job, seen, context.clock.now(), policy);
  let state = job;
  for (const [index, event] of events.entries()) {
    // Somebody moved first: what was decided no longer stands, and its effects least of all.
    if (!(await context.ledger.append(id, next + index, event))) return { moved: true, state };
    state = apply(state, event);
    context.log.info(`${id}: ${event.kind}`);
  }
  let moved = events.length > 0;
  for (const effect of effects) {
    try {
      for (const event of await perform(effect, state, options.cargo, options.memory, context)) {
        await context.ledger.record(id, event);
        context.log.info(`${id}: ${event.kind}`);
        state = apply(state, event);
        moved = true;
      }
    } catch (error) {
      options.memory.trouble = explainAny(error);
      context.log.warn(`${id}: ${effect.kind}: ${options.memory.trouble}`);
    }
  }
  return { moved, state };
}

function driverOf(job: JobState, options: DriveOptions, context: JobsContext): Observation['driver'] {
  if (options.cargo) return 'us';
  const { pid, host } = job.driver;
  return host === context.host && !isAlive(pid) ? 'nobody' : 'other';
}

/** A machine that vanished is looked at again as soon as the proof allows; one that is only watched, seldom. */
function pause(job: JobState, policy: Policy): number {
  const live = liveMachines(job);
  if (live.some(({ missingSince }) => missingSince !== null)) return policy.verifyGapMs;
  return isOnlyWatched(job) ? policy.watchPollMs : policy.pollMs;
}

/** Whether a job will be over within seconds if somebody just looks a few more times. */
export function isNearlyOver(job: JobState): boolean {
  const created = liveMachines(job).filter(({ id }) => id !== null);
  if (created.some(({ missingSince }) => missingSince !== null)) return true;
  return created.length > 0 ? job.outcome !== null || job.final !== null : job.finalMissing.length > 0 && !job.outcome;
}
