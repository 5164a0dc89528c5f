import { explainAny } from '../backends/explain.ts';
import type { Backend } from '../backends/ports.ts';
import { fromJson } from '../base/json.ts';
import { keys } from '../core/contract/keys.ts';
import { STATUS_MAX_BYTES, type Status, statusSchema } from '../core/contract/status.ts';
import { TabpodError } from '../core/error.ts';
import type { Observation } from '../core/job/decision.ts';
import { type JobState, liveMachines } from '../core/job/state.ts';
import type { JobsContext, Memory } from './context.ts';

/** Looks at a job once: its status on the volume and its machines. What cannot be read now stays `undefined`. */
export async function observe(
  job: JobState,
  memory: Memory,
  driver: Observation['driver'],
  context: JobsContext,
): Promise<Observation> {
  const unseen: Observation = { machines: undefined, status: undefined, beatMovedAt: memory.beatMovedAt, driver };
  const rented = job.machines.some(({ id }) => id !== null);
  const wantsStatus = rented && !job.final && job.outcome?.kind !== 'failed';
  const wantsMachines = liveMachines(job).length > 0;
  if (!wantsStatus && !wantsMachines) return unseen;
  memory.trouble = undefined;
  const look = async <T>(wanted: boolean, read: () => Promise<T>): Promise<T | undefined> => {
    if (!wanted) return undefined;
    try {
      return await read();
    } catch (error) {
      memory.trouble = explainAny(error);
      context.log.warn(`${job.submission.id}: ${memory.trouble}`);
      return undefined;
    }
  };
  const backend = await look(true, () => context.backend(job.submission));
  if (!backend) return unseen;
  const [status, list] = await Promise.all([
    look(wantsStatus, () => readStatus(job, backend)),
    look(wantsMachines, () => backend.machines.list()),
  ]);
  remember(memory, status, context.clock.now());
  const listed = list?.machines.map((machine) => ({ ...machine, exited: machine.state === 'exited' }));
  const machines = list && listed && { listed, proven: list.proven };
  return { ...unseen, machines, status, beatMovedAt: memory.beatMovedAt };
}

async function readStatus(job: JobState, { volume }: Backend): Promise<Status | 'absent'> {
  const read = () => volume.read(keys.status(job.submission.id), STATUS_MAX_BYTES);
  const json = (bytes: Uint8Array | undefined) => fromJson(new TextDecoder().decode(bytes));
  const bytes = await read();
  if (!bytes) return 'absent';
  // Replaced between the two looks that a storage server takes, it comes torn: the next read is whole.
  const parsed = statusSchema.safeParse(json(bytes) ?? json(await read()));
  if (!parsed.success) throw new TabpodError('job/unreadable-status', {});
  return parsed.data;
}

/** A beat that moved between two of our own reads is the sign of life; no two clocks are compared. */
function remember(memory: Memory, status: Status | 'absent' | undefined, now: number): void {
  if (status === undefined || status === 'absent') return;
  if (status.beat !== memory.status?.beat) memory.beatMovedAt = now;
  memory.status = status;
}
