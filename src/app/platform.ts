import type { RunpodSettings } from '../backends/runpod/context.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** What a host gives Tabpod: where to keep things, what time it is, whom to tell, which account to use. */
export interface Platform {
  /** The Tabpod home: ledger, drafts, local volume. An absolute path that need not exist yet. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  /** Multiplies every wait; 1 outside tests. */
  readonly waitScale: number;
  /** How to connect an account in this host, as the end of a sentence: a command, environment variables. */
  readonly connectHint: string;
  /** Version of Tabpod, for User-Agent and job.json. */
  readonly version: string;
}

/** Read anew at each use, so that a changed setting or key counts at once. */
export interface Settings {
  /** `undefined` when no account is connected. */
  runpod(): Promise<RunpodSettings | undefined>;
  /** The whole address of a dataset of which specs hold the bare one (`core/spec/address.ts`); `undefined` when that is all. */
  datasetAddress(bare: string): Promise<string | undefined>;
  /** The Python to use on this computer, when the user named one. */
  python(): string | undefined;
}

export type { RunpodSettings };
