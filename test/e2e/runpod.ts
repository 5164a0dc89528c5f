import { delimiter, join } from 'node:path';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';

const WAIT_SCALE = 0.05;

/** An emulated RunPod below this folder, with short waits. */
export function startRunpod(scratch: string): Promise<Emulator> {
  // Pods are processes here; this is where they find Python and uv.
  process.env.PATH = [join(process.cwd(), '.cache', 'venv', 'bin'), process.env.PATH].join(delimiter);
  return startEmulator({ folder: join(scratch, 'runpod'), waitScale: WAIT_SCALE });
}

/** Where the emulator listens; the account is connected by hand. */
export function addresses(emulator: Emulator): Record<string, string> {
  return {
    TABPOD_RUNPOD_REST_URL: emulator.restUrl,
    TABPOD_RUNPOD_GRAPHQL_URL: emulator.graphqlUrl,
    TABPOD_S3_URL: emulator.s3Url,
    TABPOD_MOUNT_PATH: emulator.volumeFolder,
    TABPOD_WAIT_SCALE: String(WAIT_SCALE),
  };
}

/** The emulator with its account connected by the environment. */
export function connected(emulator: Emulator): Record<string, string> {
  return {
    ...addresses(emulator),
    TABPOD_RUNPOD_API_KEY: emulator.apiKey,
    TABPOD_S3_ACCESS_KEY: emulator.s3AccessKey,
    TABPOD_S3_SECRET_KEY: emulator.s3SecretKey,
    TABPOD_NETWORK_VOLUME: emulator.volumeId,
  };
}
