import { type Decision, NOTHING, type Situation } from '../decision.ts';
import { machineName } from '../machine-name.ts';
import { type JobMachine, type JobState, liveMachines } from '../state.ts';

/** Failures that more tries would only repeat: of this machine alone, or of every machine. */
const LASTS = ['no-funds', 'bad-key', 'forbidden', 'refused', 'volume-full', 'not-started'];
const NEXT_GPU = 'no-capacity';

/** Uploads, then rents: one machine at a time, down the list of GPUs, and never after anything has run. */
export function launch(job: JobState, situation: Situation): Decision {
  const { seen, now } = situation;
  if (
    job.outcome ||
    job.stop ||
    job.final ||
    job.machines.some(({ state }) => state === 'created' || state === 'gone')
  ) {
    return NOTHING;
  }
  if (seen.driver === 'other') return NOTHING;
  if (seen.driver === 'nobody') return interrupted(job, situation);
  if (!job.staged) return { events: [], effects: [{ kind: 'upload' }] };
  if (liveMachines(job).some(({ intendedAt }) => now - intendedAt < situation.policy.unresolvedLookupMs))
    return NOTHING;
  return nextTry(job, situation);
}

/** The process that submitted the job died before it rented anything that is known of. */
function interrupted(job: JobState, { seen, now, policy }: Situation): Decision {
  const open = liveMachines(job);
  const looked = seen.machines?.proven === true;
  if (open.length > 0 && (!looked || open.some(({ intendedAt }) => now - intendedAt < policy.unresolvedLookupMs))) {
    return NOTHING;
  }
  return { events: [{ kind: 'ended', at: now, outcome: { kind: 'stopped', by: 'interrupted' } }], effects: [] };
}

function nextTry(job: JobState, { now, policy }: Situation): Decision {
  const { submission, machines } = job;
  const last = machines.at(-1);
  if (last?.refusal && LASTS.includes(last.refusal.failure))
    return failed(now, last.refusal.failure, last.refusal.detail);
  const unavailable = machines.filter(({ refusal }) => refusal?.failure === NEXT_GPU);
  const passing = machines.length - unavailable.length;
  if (passing > policy.createRetries) return failed(now, 'unavailable', last?.refusal?.detail ?? 'no answer');
  if (last?.refusal && last.refusal.failure !== NEXT_GPU && now - last.refusal.at < policy.createRetryMs)
    return NOTHING;

  const quote = submission.backend === 'local' ? null : submission.quotes[unavailable.length];
  if (quote === undefined) return failed(now, NEXT_GPU, refusals(unavailable));
  const machine = machineName(submission.owner, submission.id, machines.length + 1);
  const gpu = quote?.gpu ?? null;
  const price = quote?.pricePerHour ?? null;
  return {
    events: [{ kind: 'intended', at: now, machine, gpu, quote: price }],
    effects: [{ kind: 'create', machine, gpu, quote: price }],
  };
}

function failed(at: number, reason: string, detail: string): Decision {
  return { events: [{ kind: 'ended', at, outcome: { kind: 'failed', reason, detail } }], effects: [] };
}

/** What RunPod said to each try, in its own words. */
function refusals(machines: readonly JobMachine[]): string {
  return machines.map(({ gpu, refusal }) => `${gpu}: ${refusal?.detail ?? ''}`).join('; ');
}
