import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/emulator.ts';

/** Waits of product and emulator in tests, as a share of the real ones. */
export const WAIT_SCALE = 0.02;

export const PENGUINS = resolve('samples/penguins.csv');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, and what it has said so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  stderr(): string;
}

/** A home, an emulated RunPod and the built CLI between them. */
export interface CliWorld {
  readonly home: string;
  readonly emulator: Emulator;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): Running;
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>;
  close(): Promise<void>;
}

export async function cliWorld(options: Partial<EmulatorOptions> = {}): Promise<CliWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tabpod-cli-'));
  const home = join(folder, 'home');
  const emulator = await startEmulator({ folder: join(folder, 'runpod'), waitScale: WAIT_SCALE, ...options });
  const settings = emulator.settings();
  const base: Record<string, string> = {
    PATH: [resolve('.cache/venv/bin'), process.env.PATH ?? ''].join(delimiter),
    HOME: folder,
    UV_CACHE_DIR: resolve('.cache/uv'),
    TABPOD_HOME: home,
    TABPOD_RUNPOD_API_KEY: settings.apiKey,
    TABPOD_S3_ACCESS_KEY: settings.s3AccessKey,
    TABPOD_S3_SECRET_KEY: settings.s3SecretKey,
    TABPOD_NETWORK_VOLUME: settings.volumeId,
    TABPOD_RUNPOD_REST_URL: settings.restUrl,
    TABPOD_RUNPOD_GRAPHQL_URL: settings.graphqlUrl,
    TABPOD_S3_URL: settings.s3Url ?? '',
    TABPOD_MOUNT_PATH: settings.mountPath,
    TABPOD_WAIT_SCALE: String(WAIT_SCALE),
  };
  // Package indexes and certificates of this computer, which the runner's installs need.
  for (const [name, value] of Object.entries(process.env)) {
    if (value && /^(PIP_|UV_|SSL_|HTTPS?_PROXY|https?_proxy|NO_PROXY|no_proxy)/.test(name)) base[name] ??= value;
  }
  const started = new Set<ChildProcess>();

  function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(process.execPath, [resolve('dist/cli.js'), ...args], {
      cwd: folder,
      env: { ...base, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    const ended = new Promise<Ran>((done) => child.on('close', (code) => done({ code, stdout, stderr })));
    return { child, ended, stderr: () => stderr };
  }

  return {
    home,
    emulator,
    start,
    run: (args, environment) => start(args, environment).ended,
    async close() {
      for (const child of started) child.kill('SIGKILL');
      await emulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
