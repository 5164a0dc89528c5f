import type { ModelId } from '../model-id.ts';

/** What a machine is told. RunPod adds RUNPOD_POD_ID and a pod-scoped RUNPOD_API_KEY of its own. */
export interface MachineEnvironment {
  /** Root of the volume as the machine sees it, such as `/workspace`. */
  readonly TABPOD_VOLUME: string;
  /** The run directory, absolute. */
  readonly TABPOD_RUN: string;
  /** The runner, absolute. */
  readonly TABPOD_RUNNER: string;
  /** The script, absolute. */
  readonly TABPOD_SCRIPT: string;
  /** The packages the script was made for, pinned by hash, absolute; absent in jobs from before there were locks. */
  readonly TABPOD_LOCK?: string;
  /** The dataset, absolute; empty when the script reads a URL. */
  readonly TABPOD_DATASET: string;
  /** A file of test rows, absolute; only where the split has one. */
  readonly TABPOD_TEST_DATASET?: string;
  readonly TABPOD_MODEL_ID: ModelId;
  readonly TABPOD_OWNER: string;
  /** The guard of the start command ends the machine after this many seconds, whatever else happens. */
  readonly TABPOD_HARD_LIMIT_S: string;
  /** The runner stops the script gracefully after this many seconds. */
  readonly TABPOD_SOFT_LIMIT_S: string;
  /** `{"runner":sha256,"script":sha256,"dataset":sha256|null,"test"?:sha256,"lock"?:sha256}`: what the host uploaded, not kept on the volume. */
  readonly TABPOD_EXPECT: string;
  /** `runpod` ends its machine through the API; `local` by exiting. */
  readonly TABPOD_BACKEND: 'runpod' | 'local';
  /** Addresses for self-termination; empty for local. */
  readonly TABPOD_REST_URL: string;
  readonly TABPOD_GRAPHQL_URL: string;
  /** Multiplies every wait of the start command and the runner; `1` outside tests. */
  readonly TABPOD_WAIT_SCALE: string;
  /** Only for datasets whose address holds a secret: the whole URL. */
  readonly TABPOD_DATASET_URL?: string;
  /** Only on this computer: the machine's id, in the place of RUNPOD_POD_ID. */
  readonly TABPOD_MACHINE?: string;
  /** Only on this computer: the machine's record. The runner starts once its process stands in it. */
  readonly TABPOD_REGISTRATION?: string;
  /** Where environments, package caches and working copies lie; `~/.cache/tabpod` when left out. */
  readonly TABPOD_CACHE?: string;
}
