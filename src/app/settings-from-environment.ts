import * as z from 'zod/mini';
import { bareAddress } from '../core/spec/address.ts';
import type { RunpodSettings, Settings } from './platform.ts';

/** Where RunPod's APIs are, unless a test says otherwise. */
export const RUNPOD_REST_URL = 'https://api.runpod.io/v2';
export const RUNPOD_GRAPHQL_URL = 'https://api.runpod.io/graphql';

/** CUDA 12.8, Python 3.12, uv: RunPod's own default at the time of writing. */
export const DEFAULT_IMAGE = 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404';
export const DEFAULT_DISK_GB = 40;
export const DEFAULT_MOUNT_PATH = '/workspace';

const address = z.optional(z.string().check(z.regex(/^https?:\/\/[^\s]+$/)));

const environmentSchema = z.object({
  TABPOD_RUNPOD_API_KEY: z.optional(z.string()),
  RUNPOD_API_KEY: z.optional(z.string()),
  TABPOD_S3_ACCESS_KEY: z.optional(z.string()),
  TABPOD_S3_SECRET_KEY: z.optional(z.string()),
  TABPOD_NETWORK_VOLUME: z.optional(z.string()),
  TABPOD_RUNPOD_REST_URL: address,
  TABPOD_RUNPOD_GRAPHQL_URL: address,
  TABPOD_S3_URL: address,
  TABPOD_MOUNT_PATH: z.optional(z.string()),
  TABPOD_IMAGE: z.optional(z.string()),
  TABPOD_PYTHON: z.optional(z.string()),
  TABPOD_DATASET_URL: address,
  TABPOD_WAIT_SCALE: z.optional(z.string()),
});

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings from documented environment variables: the CLI's only source, the extension's fallback. */
export function settingsFromEnvironment(environment: Environment): Settings {
  const read = () => readEnvironment(environment);
  return {
    runpod: async () => runpodSettings(read()),
    python: () => read().TABPOD_PYTHON || undefined,
    datasetAddress: async (bare) => {
      const { TABPOD_DATASET_URL: whole } = read();
      return whole !== undefined && bareAddress(whole) === bare ? whole : undefined;
    },
  };
}

/** Blank is the same as absent. */
function readEnvironment(environment: Environment): z.infer<typeof environmentSchema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  // No message of the catalogue: VS Code loads this file at its start, and all sentences would come with it.
  const name = String(parsed.error.issues[0]?.path[0]);
  throw new Error(`The environment variable ${name} must be an http or https address. Correct it or remove it.`);
}

/** TABPOD_WAIT_SCALE: what tests multiply every wait by. */
export function waitScaleFrom(environment: Environment): number {
  const scale = Number(environment.TABPOD_WAIT_SCALE ?? 1);
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

function runpodSettings(values: z.infer<typeof environmentSchema>): RunpodSettings | undefined {
  const apiKey = values.TABPOD_RUNPOD_API_KEY || values.RUNPOD_API_KEY;
  const {
    TABPOD_S3_ACCESS_KEY: s3AccessKey,
    TABPOD_S3_SECRET_KEY: s3SecretKey,
    TABPOD_NETWORK_VOLUME: volumeId,
  } = values;
  if (!apiKey || !s3AccessKey || !s3SecretKey || !volumeId) return undefined;
  return {
    apiKey,
    s3AccessKey,
    s3SecretKey,
    volumeId,
    restUrl: values.TABPOD_RUNPOD_REST_URL ?? RUNPOD_REST_URL,
    graphqlUrl: values.TABPOD_RUNPOD_GRAPHQL_URL ?? RUNPOD_GRAPHQL_URL,
    s3Url: values.TABPOD_S3_URL,
    image: values.TABPOD_IMAGE || DEFAULT_IMAGE,
    diskGb: DEFAULT_DISK_GB,
    mountPath: values.TABPOD_MOUNT_PATH || DEFAULT_MOUNT_PATH,
  };
}
