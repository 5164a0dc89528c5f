import type { Account, Backend, BackendKind, Machine, Offer } from '../backends/ports.ts';
import type { Status } from '../core/contract/status.ts';
import type { JobState } from '../core/job/state.ts';
import type { ModelId } from '../core/model-id.ts';
import type { Plan } from '../core/plan/schema.ts';
import type { Profile } from '../core/profile/schema.ts';
import type { Report } from '../core/report/schema.ts';
import type { DatasetRef, Spec } from '../core/spec/schema.ts';

/** All that a host can ask of Tabpod. Made by `createTabpod(platform)`. */
export interface Tabpod {
  /** Profiles a dataset in a worker. Paths in `ref` are resolved against `folder`. */
  profile(ref: DatasetRef, options: ProfileOptions): Promise<Profile>;
  /** Completes a spec from a profile; throws TabpodError for what cannot be trained. */
  plan(spec: Spec, profile: Profile): Plan;
  /** The Python of a plan. */
  script(plan: Plan): string;
  readonly jobs: Jobs;
  /** Throws TabpodError `account/none` when RunPod is asked for and not connected. */
  backend(kind: BackendKind): Promise<Backend>;
  /** Pods of the connected account with whose they are; empty when none is connected. */
  pods(): Promise<readonly PodView[]>;
  /** Ends one pod and resolves when two reads have proved that it is gone. */
  terminatePod(id: string): Promise<void>;
  offers(): Promise<readonly Offer[]>;
  account(): Promise<Account | undefined>;
  dispose(): void;
}

export interface ProfileOptions {
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Stop after about this many bytes; left out, the whole dataset is read. */
  readonly sampleBytes?: number;
}

export interface Jobs {
  /**
   * Records and drives a new job; resolves once it is in the ledger. It goes on in this process until it is settled;
   * `watch` follows it. `approved` is the script the user saw: exactly these bytes run.
   */
  submit(submission: SubmitRequest): Promise<ModelId>;
  list(): Promise<readonly JobView[]>;
  get(id: string): Promise<JobView>;
  /**
   * Drives a job and calls back at once and after each change, until it is over or `signal` aborts. Over: settled, but
   * for a machine that may never have been rented and is looked for on.
   */
  watch(id: ModelId, onChange: (job: JobView) => void, signal?: AbortSignal): Promise<JobView>;
  /** Asks for a graceful stop, then drives the job until it is over: its machines are verified gone. */
  stop(id: ModelId): Promise<void>;
  /** Looks at every unsettled job once: adopts, collects, verifies. `drive` keeps driving them in this process. */
  reconcile(options?: { readonly drive?: boolean }): Promise<void>;
  onDidChange(listener: (id: ModelId) => void): { dispose(): void };
  /** The script that ran, as bytes of text. */
  script(id: ModelId): Promise<string>;
  /** The log as far as it is known. */
  log(id: ModelId): Promise<string>;
  /** Throws `Metrics not found for model: …` when there are none: never placeholder numbers. */
  report(id: ModelId): Promise<Report>;
  /** Fetches all result files into a folder, verified. */
  download(id: ModelId, folder: string): Promise<readonly string[]>;
}

export interface SubmitRequest {
  readonly spec: Spec;
  readonly profile: Profile;
  readonly plan: Plan;
  readonly script: string;
  /** Relative dataset paths are resolved against this. */
  readonly folder: string;
}

/** A job as lists and reports show it. */
export interface JobView {
  readonly id: ModelId;
  readonly state: JobState;
  readonly settled: boolean;
  /** The newest status read by this process. */
  readonly status: Status | undefined;
  /** USD so far, from created prices and times; `null` when a price is unknown. */
  readonly costUsd: number | null;
  /** Share of the upload done, while staging in this process. */
  readonly uploaded: number | undefined;
  /** Why the last look at the job failed, in the backend's words: its machines are then unknown, not gone. */
  readonly trouble: string | undefined;
}

export interface PodView {
  readonly machine: Machine;
  /** `mine`: in this ledger; `adoptable`: this Tabpod's name, not in the ledger; `other-tabpod`; `foreign`. */
  readonly whose: 'mine' | 'adoptable' | 'other-tabpod' | 'foreign';
  readonly job: ModelId | undefined;
}
