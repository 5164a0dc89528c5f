import { type Backend, BackendError } from '../backends/ports.ts';
import { bytesOf } from '../base/bytes.ts';
import { keys } from '../core/contract/keys.ts';
import { CONTRACT_VERSION, type Control } from '../core/contract/status.ts';
import { explain, sentence, TabpodError } from '../core/error.ts';
import type { Effect } from '../core/job/decision.ts';
import type { JobEvent, Outcome } from '../core/job/events.ts';
import type { JobState } from '../core/job/state.ts';
import { unreachable } from '../core/unreachable.ts';
import { collect } from './collect.ts';
import type { Cargo, JobsContext, Memory } from './context.ts';
import { machineRequest } from './machine-request.ts';
import { stage } from './stage.ts';

/** The one place where a decision touches the world. Resolves to what happened, to be journalled. */
export async function perform(
  effect: Effect,
  job: JobState,
  cargo: Cargo | undefined,
  memory: Memory,
  context: JobsContext,
): Promise<readonly JobEvent[]> {
  const backend = await context.backend(job.submission);
  const at = context.clock.now();
  switch (effect.kind) {
    case 'upload':
      return await upload(job, cargo, memory, backend, context);
    case 'create':
      return [await create(effect, job, cargo, backend, context)];
    case 'sendStop': {
      const control: Control = { version: CONTRACT_VERSION, stop: effect.reason };
      await backend.volume.put(keys.control(job.submission.id), bytesOf('control.json', JSON.stringify(control)));
      return [{ kind: 'stop-sent', at }];
    }
    case 'terminate':
      await backend.machines.terminate(effect.id);
      return [];
    case 'collect':
      return await bringHome(job, backend, context);
    default:
      return unreachable(effect);
  }
}

async function upload(
  job: JobState,
  cargo: Cargo | undefined,
  memory: Memory,
  backend: Backend,
  context: JobsContext,
): Promise<readonly JobEvent[]> {
  if (!cargo) return [];
  const onProgress = (share: number) => {
    memory.uploaded = share;
    context.changed(job.submission.id);
  };
  try {
    await stage(job.submission, cargo, context.runner, backend.volume, onProgress);
    return [{ kind: 'staged', at: context.clock.now() }];
  } catch (error) {
    // Stopped on purpose: the stop is in the ledger already and says why.
    if (cargo.abort.signal.aborted) return [];
    return [failed(context.clock.now(), 'upload', error, backend)];
  } finally {
    memory.uploaded = undefined;
  }
}

async function create(
  { machine, gpu }: Effect & { kind: 'create' },
  job: JobState,
  cargo: Cargo | undefined,
  backend: Backend,
  context: JobsContext,
): Promise<JobEvent> {
  try {
    const request = machineRequest(job, machine, gpu, cargo?.datasetUrl, context.waitScale);
    const { id, pricePerHour } = await backend.machines.create(request);
    return { kind: 'created', at: context.clock.now(), machine, id, pricePerHour };
  } catch (error) {
    const at = context.clock.now();
    if (!(error instanceof BackendError))
      return { kind: 'refused', at, machine, failure: 'not-started', detail: explain(error) };
    const { kind, detail } = error.failure;
    if (kind === 'unknown-outcome') return { kind: 'unresolved', at, machine, detail };
    return { kind: 'refused', at, machine, failure: kind, detail };
  }
}

async function bringHome(job: JobState, backend: Backend, context: JobsContext): Promise<readonly JobEvent[]> {
  const { id } = job.submission;
  if (!job.final) return [];
  try {
    if (job.final.status.reason === 'input_damaged') await forgetDataset(job, backend);
    const files = await collect(id, job.final.status, backend.volume, context.ledger);
    return [{ kind: 'collected', at: context.clock.now(), files }];
  } catch (error) {
    // A volume that does not answer is asked again, and for some time one that does not show the newest bytes.
    if (!(error instanceof TabpodError)) throw error;
    const late = context.clock.now() - job.final.at < context.policy(job.submission).resultsGraceMs;
    if (late && error.code === 'job/damaged') throw error;
    return [failed(context.clock.now(), 'results', error, backend)];
  }
}

/** Without its sidecar a dataset counts as not there: the next job sends it again instead of failing alike. */
async function forgetDataset({ submission }: JobState, { volume }: Backend): Promise<void> {
  const { sha256 } = submission.dataset;
  if (sha256 !== null) await volume.remove(keys.datasetComplete(sha256));
}

/** The provider's own words under its kind of failure; anything of ours as a sentence under `reason`. */
function failed(at: number, reason: string, error: unknown, { kind, volumeId }: Backend): JobEvent {
  return { kind: 'ended', at, outcome: outcome() };

  function outcome(): Outcome {
    if (!(error instanceof BackendError)) return { kind: 'failed', reason, detail: explain(error) };
    const { detail } = error.failure;
    if (kind === 'runpod') return { kind: 'failed', reason: error.failure.kind, detail };
    return {
      kind: 'failed',
      reason,
      detail: sentence('local/not-written', { folder: volumeId, detail, setting: 'TABPOD_HOME' }),
    };
  }
}
