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
  /** The Python to use on this computer, when the user named one. */
  python(): string | undefined;
}

export interface RunpodSettings {
  readonly apiKey: string;
  readonly s3AccessKey: string;
  readonly s3SecretKey: string;
  readonly volumeId: string;
  readonly restUrl: string;
  readonly graphqlUrl: string;
  /** Overrides `https://s3api-<data centre>.runpod.io`. */
  readonly s3Url: string | undefined;
  readonly image: string;
  /** Where pods see the volume; `/workspace` unless a test says otherwise. */
  readonly mountPath: string;
  readonly diskGb: number;
}
