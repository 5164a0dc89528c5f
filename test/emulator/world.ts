import type { Billing } from './billing.ts';
import type { EmulatedGpu } from './catalogue.ts';
import type { Faults } from './faults.ts';

/** How long things take, in milliseconds at scale 1. *assumed*, from what was seen of small images. */
export const WAITS = {
  /** From create to RUNNING without runtime. */
  provisioning: 3000,
  /** From RUNNING to the first `runtime`. */
  boot: 12_000,
  /** From the container's exit to its next start. */
  restart: 2000,
  /** From the terminate call to the end of the processes. *reported*: the pod is 404 within two seconds. */
  terminate: 500,
  /** A file that was not written for this long counts as closed. */
  closed: 5000,
} as const;

/** A request as the emulator got it. Headers are left out: they hold the key. */
export interface RecordedRequest {
  readonly api: 'rest' | 'graphql' | 's3';
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  /** Parsed JSON of REST and GraphQL; size in bytes for S3. */
  readonly body: unknown;
  /** Set when it was answered; stays `undefined` for one that is stalled or cut. */
  status: number | undefined;
  /** Parsed JSON of a REST answer. */
  reply: unknown;
}

/** Everything the parts of the emulator share. */
export interface World {
  /** Folder of pods; the volume lies beside them. */
  readonly folder: string;
  readonly volumeFolder: string;
  readonly volumeId: string;
  readonly dataCenter: string;
  readonly sizeGb: number;
  readonly apiKey: string;
  readonly s3AccessKey: string;
  readonly s3SecretKey: string;
  readonly catalogue: readonly EmulatedGpu[];
  readonly billing: Billing;
  readonly faults: Faults;
  readonly requests: RecordedRequest[];
  /** Bytes the volume holds at most; `undefined` for no limit. */
  readonly quotaBytes: number | undefined;
  /** *documented*: a single PutObject must be smaller than 500 MB. */
  readonly putLimitBytes: number;
  /** Goes before the pods' PATH: where `python3` and `uv` of the emulated image are. */
  readonly imageBin: string;
  readonly uvCache: string;
  /** Milliseconds of a wait of the table, scaled. */
  scaled(milliseconds: number): number;
  /** Does something after a wait of so many unscaled milliseconds, unless the emulator was stopped by then. */
  later(milliseconds: number, work: () => Promise<void>): void;
}
