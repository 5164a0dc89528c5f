import type { Backend } from '../backends/ports.ts';
import type { ByteSource } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Status } from '../core/contract/status.ts';
import type { Submission } from '../core/job/events.ts';
import type { Policy } from '../core/job/policy.ts';
import type { ModelId } from '../core/model-id.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** What driving a job needs of the world. */
export interface JobsContext {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly runner: string;
  readonly version: string;
  readonly waitScale: number;
  /** The backend of the volume the job was submitted to; throws when its account is not connected. */
  backend(submission: Submission): Promise<Backend>;
  policy(submission: Submission): Policy;
  /** Called whenever a view of the job would differ. */
  changed(id: ModelId): void;
}

/** What only the process that submitted a job has: the bytes to upload, and a way to interrupt the upload. */
export interface Cargo {
  readonly dataset: ByteSource | undefined;
  readonly testDataset: ByteSource | undefined;
  readonly script: string;
  readonly predict: string;
  /** The pinned packages of the script's family, with the hash the submission names. */
  readonly lock: string;
  /** Lineage: spec, plan, versions. */
  readonly lineage: object;
  /** The whole dataset address when it holds a secret; never stored. */
  readonly datasetUrl: string | undefined;
  readonly abort: AbortController;
}

/** What this process has seen of a job besides its events. */
export interface Memory {
  status: Status | undefined;
  beatMovedAt: number | null;
  /** Share of the bytes uploaded. */
  uploaded: number | undefined;
  /** Why the last look failed, in the backend's words. */
  trouble: string | undefined;
}
