// Starts the emulated RunPod as a process of its own, for the demos and for tests of whole processes.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');

/** Resolves once it serves; `stop` ends it with every pod it runs. */
export async function startEmulatorProcess({ waitScale = 0.2 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tabpod-emulator-'));
  const args = [join(root, 'out', 'tools', 'emulator.js'), '--folder', folder, '--wait-scale', String(waitScale)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    new Promise((resolve) => lines.once('line', resolve)),
    ended.then(() => undefined),
  ]);
  if (typeof first !== 'string') throw new Error('the emulated RunPod did not start');
  const addresses = { ...JSON.parse(first), waitScale };
  return {
    addresses,
    /** Pods that the emulator would still bill. */
    async podsLeft() {
      const state = await (await fetch(`${addresses.url}/_emulator/state`)).json();
      return state.pods.length;
    },
    async stop() {
      // The emulator ends its pods when its input closes, so that even a killed demo leaves none.
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The environment that points Tabpod at an emulator. */
export function emulatorEnvironment(addresses) {
  return {
    TABPOD_RUNPOD_API_KEY: addresses.apiKey,
    TABPOD_S3_ACCESS_KEY: addresses.s3AccessKey,
    TABPOD_S3_SECRET_KEY: addresses.s3SecretKey,
    TABPOD_NETWORK_VOLUME: addresses.volumeId,
    TABPOD_RUNPOD_REST_URL: addresses.restUrl,
    TABPOD_RUNPOD_GRAPHQL_URL: addresses.graphqlUrl,
    TABPOD_S3_URL: addresses.s3Url,
    TABPOD_MOUNT_PATH: addresses.volumeFolder,
    TABPOD_WAIT_SCALE: String(addresses.waitScale),
  };
}
