import type { JobState } from '../core/job/state.ts';
import type { ModelId } from '../core/model-id.ts';
import type { Cargo, JobsContext, Memory } from './context.ts';
import { drive, isNearlyOver } from './driver.ts';

/** At most one loop a job in this process, and what this process knows of each. */
export interface Loops {
  /** Drives a job: to its end, or as long as something happens by itself. Joins the loop that runs already. */
  start(id: ModelId, toTheEnd: boolean): Promise<void>;
  memory(id: ModelId): Memory;
  /** Hands over what a job of this process uploads; before its loop starts. */
  load(id: ModelId, cargo: Cargo): void;
  /** Ends an upload that a stop has made pointless. */
  abortUpload(id: ModelId): void;
  dispose(): void;
}

interface Loop {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  toTheEnd: boolean;
}

export function createLoops(context: JobsContext): Loops {
  const loops = new Map<ModelId, Loop>();
  const cargos = new Map<ModelId, Cargo>();
  const memories = new Map<ModelId, Memory>();

  function memory(id: ModelId): Memory {
    const known = memories.get(id);
    if (known) return known;
    const fresh: Memory = { status: undefined, beatMovedAt: null, uploaded: undefined, trouble: undefined };
    memories.set(id, fresh);
    return fresh;
  }

  return {
    memory,
    load: (id, cargo) => void cargos.set(id, cargo),
    abortUpload: (id) => cargos.get(id)?.abort.abort(),
    start(id, toTheEnd) {
      const running = loops.get(id);
      if (running) {
        running.toTheEnd ||= toTheEnd;
        return running.done;
      }
      const abort = new AbortController();
      // What cannot be looked at now is not waited for.
      const goOn = (job: JobState) => loop.toTheEnd || (isNearlyOver(job) && memory(id).trouble === undefined);
      const loop: Loop = {
        abort,
        toTheEnd,
        // A turn later, so that the loop is registered before it can end.
        done: Promise.resolve()
          .then(() => drive(id, { signal: abort.signal, memory: memory(id), cargo: cargos.get(id), goOn }, context))
          .catch((error: unknown) => context.log.error(`${id}: ${error}`))
          .finally(() => {
            loops.delete(id);
            context.changed(id);
          }),
      };
      loops.set(id, loop);
      return loop.done;
    },
    dispose() {
      for (const { abort } of loops.values()) abort.abort();
    },
  };
}
