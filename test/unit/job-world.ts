import assert from 'node:assert/strict';
import type { FinalStatus, Status } from '../../src/core/contract/status.ts';
import { decide } from '../../src/core/job/decide.ts';
import type { Effect, Observation } from '../../src/core/job/decision.ts';
import type { JobEvent, Submission } from '../../src/core/job/events.ts';
import { fold } from '../../src/core/job/fold.ts';
import { policyFor } from '../../src/core/job/policy.ts';
import type { JobState } from '../../src/core/job/state.ts';
import { modelId } from '../../src/core/model-id.ts';

/** A job to decide about, and short ways to say what happened and what is seen. Times are in milliseconds. */

export const POLICY = policyFor('runpod', 1);
export const ID = modelId('penguins.csv', 'xgboost_regression', new Date(Date.UTC(2026, 10, 22, 5, 0, 7)), 'ab12');
export const MACHINE = 'tabpod-0a1b2c-2207ab12-1';
export const SECOND = 'tabpod-0a1b2c-2207ab12-2';

const HASH = 'a'.repeat(64);

export const SUBMISSION: Submission = {
  version: 1,
  id: ID,
  backend: 'runpod',
  volumeId: 'vol1',
  owner: '0a1b2c',
  spec: { version: 1, dataset: { path: 'penguins.csv' }, target: 'body_mass_g' },
  modelType: 'xgboost_regression',
  target: 'body_mass_g',
  dataset: { name: 'penguins.csv', sha256: HASH, key: `datasets/${HASH}/data.csv`, bytes: 100 },
  scriptSha256: HASH,
  runnerSha256: HASH,
  quotes: [
    { gpu: 'NVIDIA L4', pricePerHour: 0.5 },
    { gpu: 'NVIDIA A40', pricePerHour: 0.9 },
  ],
  gpuCount: 1,
  image: 'image',
  diskGb: 40,
  limits: { hours: 2, usd: 5 },
};

export const submitted = {
  kind: 'submitted',
  at: 0,
  driver: { pid: 1, host: 'here' },
  submission: SUBMISSION,
} satisfies JobEvent;
export const staged = { kind: 'staged', at: 1000 } satisfies JobEvent;
export const intended = {
  kind: 'intended',
  at: 2000,
  machine: MACHINE,
  gpu: 'NVIDIA L4',
  quote: 0.5,
} satisfies JobEvent;
export const created = {
  kind: 'created',
  at: 3000,
  machine: MACHINE,
  id: 'pod1',
  pricePerHour: 0.5,
} satisfies JobEvent;
export const running = { kind: 'running', at: 60_000, machine: MACHINE } satisfies JobEvent;
export const refused = (failure: string, at = 3000, machine = MACHINE): JobEvent => ({
  kind: 'refused',
  at,
  machine,
  failure,
  detail: `${failure} in its own words`,
});

/** The state after these events, the submission first. */
export function job(...events: readonly JobEvent[]): JobState {
  const state = fold([submitted, ...events]);
  if (!state) throw new Error('no submission');
  return state;
}

export const FINAL: FinalStatus = { outcome: 'succeeded', reason: null, detail: null, exit: 0, files: {} };

export function status(change: Partial<Status> = {}): Status {
  return {
    version: 1,
    attempt: 1,
    machine: 'pod1',
    state: 'running',
    beat: 3,
    elapsed: 10,
    phase: 'training',
    round: 1,
    of: 10,
    metric: null,
    tail: [],
    logChunks: 0,
    progressChunks: 0,
    selfTermination: 'works',
    final: null,
    ...change,
  };
}

export const pod = { id: 'pod1', name: MACHINE, pricePerHour: 0.5, exited: false };

/** One look; unless said otherwise nothing was read and this process drives. */
export function seen(change: Partial<Observation> = {}): Observation {
  return { machines: undefined, status: undefined, beatMovedAt: null, driver: 'us', ...change };
}

export const listed = (...machines: readonly (typeof pod)[]) => ({ listed: machines, proven: true });
export const unproven = { listed: [], proven: false };

export const booting = [staged, intended, created];
export const unresolved: JobEvent = { kind: 'unresolved', at: 3000, machine: MACHINE, detail: 'timeout' };
export const missing: JobEvent = { kind: 'missing', at: 100_000, machine: MACHINE };
export const gone: JobEvent = { kind: 'gone', at: 110_000, machine: MACHINE };
export const final: JobEvent = { kind: 'final', at: 90_000, status: FINAL };
export const collected: JobEvent = { kind: 'collected', at: 91_000, files: [] };
export const stop = (at: number): JobEvent => ({ kind: 'stop-requested', at, by: 'user' });
export const succeeded: JobEvent = { kind: 'ended', at: 92_000, outcome: { kind: 'succeeded' } };
export const DAY = POLICY.unresolvedWatchMs;

/** One situation, and what follows from it. */
export interface Row {
  readonly when: string;
  readonly job: JobState;
  readonly seen: Observation;
  readonly now: number;
  readonly events: readonly JobEvent['kind'][];
  readonly effects: readonly Effect['kind'][];
}

/** A table of situations as tests. */
export function table(rows: readonly Row[]): void {
  for (const row of rows) {
    it(row.when, () => {
      const { events, effects } = decide(row.job, row.seen, row.now, POLICY);
      assert.deepEqual([events.map(({ kind }) => kind), effects.map(({ kind }) => kind)], [row.events, row.effects]);
    });
  }
}
