import { hostname } from 'node:os';
import { explainAny } from '../backends/explain.ts';
import { TabpodError } from '../core/error.ts';
import { jobCost } from '../core/job/cost.ts';
import { isOnlyWatched, isSettled, type JobState } from '../core/job/state.ts';
import { type ModelId, modelIdSchema } from '../core/model-id.ts';
import type { JobsContext } from '../jobs/context.ts';
import { createLoops, type Loops } from '../jobs/loops.ts';
import { createResults } from '../jobs/results.ts';
import type { NewJob } from './new-job.ts';
import { terminateVerified } from './pods.ts';
import type { Jobs, JobView, SubmitRequest } from './tabpod.ts';

/** A lost job may be healed by a status that came late; after a day nobody looks for it any more. */
const HEAL_MS = 24 * 3_600_000;

/** Jobs over the ledger: what hosts call, on top of one loop a job. */
export function createJobs(
  given: Omit<JobsContext, 'changed' | 'host'>,
  newJob: (request: SubmitRequest) => Promise<NewJob>,
): Jobs & { dispose(): void } {
  const listeners = new Set<(id: ModelId) => void>();
  const changed = (id: ModelId) => {
    for (const listener of listeners) listener(id);
  };
  const context: JobsContext = { ...given, host: hostname(), changed };
  const { ledger, clock, log } = context;
  const loops = createLoops(context);
  const views = createViews(context, loops);
  const jobs: Jobs & { dispose(): void } = {
    ...createResults(context),
    ...views,
    async submit(request) {
      const { submission, cargo } = await newJob(request);
      const driver = { pid: process.pid, host: context.host };
      await ledger.create(submission.id, { kind: 'submitted', at: clock.now(), driver, submission }, request.script);
      loops.load(submission.id, cargo);
      void loops.start(submission.id, true);
      return submission.id;
    },
    async watch(id, onChange, signal) {
      const over = new AbortController();
      const look = async () => {
        const job = await views.get(id);
        onChange(job);
        if (isOnlyWatched(job.state)) over.abort();
      };
      const lookSafely = () => void look().catch((error: unknown) => log.error(`${id}: ${explainAny(error)}`));
      const listener = (other: ModelId) => {
        if (other === id) lookSafely();
      };
      listeners.add(listener);
      lookSafely();
      await Promise.race([loops.start(id, true), aborted(over.signal), ...(signal ? [aborted(signal)] : [])]);
      listeners.delete(listener);
      return await views.get(id);
    },
    async stop(id) {
      const { settled, state } = await views.get(id);
      if (settled) return;
      try {
        await ledger.record(id, { kind: 'stop-requested', at: clock.now(), by: 'user' });
      } catch (error) {
        // Machines cost money whether or not their end can be written down.
        await endMachines(state, context);
        throw error;
      }
      loops.abortUpload(id);
      changed(id);
      await jobs.watch(id, () => undefined);
    },
    async reconcile({ drive = false } = {}) {
      const lost = (await views.list()).filter(
        ({ state }) => state.outcome?.kind === 'lost' && clock.now() - (state.endedAt ?? 0) < HEAL_MS,
      );
      const ids = new Set([...(await ledger.live()), ...lost.map(({ id }) => id)]);
      const looks = [...ids].map((id) => loops.start(id, drive));
      if (!drive) await Promise.all(looks);
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose() {
      loops.dispose();
      listeners.clear();
    },
  };
  return jobs;
}

/** Ends the machines of a job and verifies it, without a word in the ledger. */
async function endMachines({ submission, machines }: JobState, context: JobsContext): Promise<void> {
  const backend = await context.backend(submission);
  const names = machines.map(({ name }) => name);
  const { machines: listed } = await backend.machines.list();
  const ours = listed.filter(({ name }) => names.includes(name));
  for (const { id } of ours) await terminateVerified(id, backend, context.clock, context.policy(submission));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Jobs as lists and reports show them. */
function createViews({ ledger, clock }: JobsContext, loops: Loops): Pick<Jobs, 'get' | 'list'> {
  async function view(id: ModelId): Promise<JobView | undefined> {
    const record = await ledger.read(id);
    if (!record) return undefined;
    const { state } = record;
    const { status, uploaded, trouble } = loops.memory(id);
    const settled = isSettled(state);
    const costUsd = jobCost(state, clock.now());
    // What kept us from looking is of no interest once there is nothing left to look at.
    return { id, state, settled, status, costUsd, uploaded, trouble: settled ? undefined : trouble };
  }
  return {
    async get(id) {
      const parsed = modelIdSchema.safeParse(id);
      const found = parsed.success ? await view(parsed.data) : undefined;
      if (!found) throw new TabpodError('job/unknown', { id });
      return found;
    },
    list: async () => (await Promise.all((await ledger.list()).map(view))).filter((job) => job !== undefined),
  };
}
