import type { ByteSource } from '../base/bytes.ts';

/** Where jobs can run. */
export type BackendKind = 'local' | 'runpod';

/** Everything a job needs from a place: files, machines beside them, and what they cost. */
export interface Backend {
  readonly kind: BackendKind;
  readonly volume: Volume;
  readonly machines: Machines;
  readonly offers?: Offers;
  readonly account?: Account;
  /** Identifies the volume in the ledger: a RunPod network volume id, or a folder on this computer. */
  readonly volumeId: string;
}

/** A shared folder, addressed by key. There is no listing: keys are known. */
export interface Volume {
  /**
   * Writes a whole object and verifies its size; overwrites. Resolves to its address, `runpod://<volume>/<key>` or a path.
   * Throws TabpodError `data/changed` when the source's size differs from what it said, BackendError otherwise.
   */
  put(key: string, source: ByteSource, options?: PutOptions): Promise<string>;
  /** A small object's bytes, or `undefined` when there is none. Throws when it holds more than `maxBytes`. */
  read(key: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Copies an object to a local path (temporary name, then rename); `undefined` when there is none. */
  download(key: string, path: string): Promise<{ bytes: number; sha256: string } | undefined>;
  head(key: string): Promise<{ bytes: number } | undefined>;
  remove(key: string): Promise<void>;
}

export interface PutOptions {
  readonly signal?: AbortSignal;
  /** Bytes sent so far. */
  onProgress?(sent: number): void;
}

/** Rents, lists and ends machines. Every call may throw BackendError. */
export interface Machines {
  /** Rents one machine. After `unknown-outcome` a machine of this name may exist; after any other failure none does. */
  create(request: MachineRequest): Promise<Machine>;
  /** All machines of the account, foreign ones too. */
  list(): Promise<MachineList>;
  /** Asks for the machine's end for ever; fine when it is gone already. */
  terminate(id: string): Promise<void>;
}

export interface MachineRequest {
  /** `tabpod-<owner 6>-<job 8>-<try>`: unique for each try. */
  readonly name: string;
  /** GPU id of an offer; `null` on this computer. */
  readonly gpu: string | null;
  readonly gpuCount: number;
  readonly image: string;
  readonly diskGb: number;
  /** Without TABPOD_VOLUME and the paths below it, which the backend knows and adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** Keys that become absolute paths in the environment: `{TABPOD_RUN: 'models/…'}`. */
  readonly paths: Readonly<Record<string, string>>;
}

export interface Machine {
  readonly id: string;
  readonly name: string;
  readonly state: 'starting' | 'running' | 'exited' | 'unknown';
  /** USD per hour; `null` when the backend did not say. */
  readonly pricePerHour: number | null;
  readonly gpu: string | null;
  /** Since the container reported in; `null` before. */
  readonly uptimeSeconds: number | null;
  /** 0–100, `null` when unknown. */
  readonly gpuUtilisation: number | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
}

export interface MachineList {
  readonly machines: readonly Machine[];
  /**
   * Whether the credentials were shown, by this very call, to belong to the account that holds the volume. Without it
   * a missing machine is unknown, not gone.
   */
  readonly proven: boolean;
}

/** What can be rented next to the volume, freshly read. */
export interface Offers {
  list(): Promise<readonly Offer[]>;
}

export interface Offer {
  readonly gpu: string;
  readonly label: string;
  readonly memoryGb: number;
  readonly pricePerHour: number;
  readonly stock: 'none' | 'low' | 'medium' | 'high';
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface Account {
  /** Throws BackendError `bad-key` or `forbidden` when the key cannot be used; storage keys are tried on the volume. */
  check(): Promise<void>;
  volumes(): Promise<readonly NetworkVolume[]>;
  /** `undefined` once RunPod no longer serves it. */
  balance(): Promise<{ usd: number; spendPerHour: number } | undefined>;
}

export interface NetworkVolume {
  readonly id: string;
  readonly name: string;
  readonly dataCenter: string;
  readonly sizeGb: number;
  /** Whether its data centre has the S3 endpoint that uploads need. */
  readonly s3: boolean;
}

/** The closed set of ways a backend can fail. Only `unknown-outcome` may have rented something. */
export type BackendFailure =
  | { readonly kind: 'no-capacity'; readonly detail: string }
  | { readonly kind: 'no-funds'; readonly detail: string }
  | { readonly kind: 'bad-key'; readonly detail: string }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'rate-limited'; readonly detail: string; readonly waitMs: number }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'volume-full'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string }
  | { readonly kind: 'unknown-outcome'; readonly detail: string };

/** A backend's failure with the provider's own words in `detail`. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly failure: BackendFailure;

  constructor(failure: BackendFailure, options?: ErrorOptions) {
    super(`${failure.kind}: ${failure.detail}`, options);
    this.failure = failure;
  }
}
