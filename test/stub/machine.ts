import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { keys } from '../../src/core/contract/keys.ts';
import { runner } from '../../src/core/contract/runner.ts';
import { type Status, statusSchema } from '../../src/core/contract/status.ts';
import { modelId } from '../../src/core/model-id.ts';
import stub from './train.py';

export { stub };

export const PYTHON = join(process.cwd(), '.cache', 'venv', 'bin', 'python');
/** Waits are this much shorter: 60 s of grace become 1.2 s. */
export const SCALE = 0.02;
export const ID = modelId('stub.csv', 'xgboost_regression', new Date('2026-01-02T03:04:05Z'), 'abcd');

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A volume with the inputs of one job, and the environment that tells a machine about it. */
export interface Workplace {
  readonly folder: string;
  readonly volume: string;
  readonly environment: Record<string, string>;
  path(key: string): string;
  text(key: string): string;
  status(): Status;
  /** The same, when there is one yet. */
  statusSoFar(): Status | undefined;
  remove(): void;
}

export interface Inputs {
  readonly script?: string;
  readonly dataset?: string;
  readonly lock?: string;
}

export function workplace({ script = stub, dataset = 'y,x\n1,2\n', lock }: Inputs = {}): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'tabpod-test-'));
  const volume = join(folder, 'volume');
  const path = (key: string) => join(volume, key);
  const put = (key: string, content: string) => {
    mkdirSync(dirname(path(key)), { recursive: true });
    writeFileSync(path(key), content);
  };
  const status = () => statusSchema.parse(JSON.parse(readFileSync(path(keys.status(ID)), 'utf8')));
  const expected = { runner: sha256(runner), script: sha256(script), dataset: sha256(dataset) };
  put(keys.runner(expected.runner), runner);
  put(keys.script(ID), script);
  put(keys.dataset(expected.dataset, 'csv'), dataset);
  put(keys.job(ID), '{}');
  const lockHash = lock === undefined ? undefined : sha256(lock);
  if (lock !== undefined && lockHash !== undefined) put(keys.lock(lockHash), lock);
  return {
    folder,
    volume,
    environment: {
      TABPOD_VOLUME: volume,
      TABPOD_RUN: path(keys.run(ID)),
      TABPOD_RUNNER: path(keys.runner(expected.runner)),
      TABPOD_SCRIPT: path(keys.script(ID)),
      TABPOD_DATASET: path(keys.dataset(expected.dataset, 'csv')),
      TABPOD_MODEL_ID: ID,
      TABPOD_OWNER: 'abcdef',
      TABPOD_HARD_LIMIT_S: '7200',
      TABPOD_SOFT_LIMIT_S: '3600',
      TABPOD_EXPECT: JSON.stringify({ ...expected, lock: lockHash }),
      ...(lockHash === undefined ? {} : { TABPOD_LOCK: path(keys.lock(lockHash)) }),
      TABPOD_BACKEND: 'local',
      TABPOD_MACHINE: 'tabpod-abcdef-job-1',
      TABPOD_CACHE: join(folder, 'cache'),
      TABPOD_REST_URL: '',
      TABPOD_GRAPHQL_URL: '',
      TABPOD_WAIT_SCALE: String(SCALE),
    },
    path,
    text: (key) => readFileSync(path(key), 'utf8'),
    status,
    statusSoFar: () => (existsSync(path(keys.status(ID))) ? status() : undefined),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Environment of a process without the secrets and settings of this one. */
export function plainEnvironment(more: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...more };
}

/** A process in a group of its own, its output collected. */
export interface Started {
  readonly child: ChildProcess;
  /** Resolves with the exit code, `null` after a signal. */
  readonly ended: Promise<number | null>;
  output(): string;
  /** Kills the whole group; call it in every test's end. */
  kill(): void;
}

export function startProcess(file: string, args: readonly string[], environment: Record<string, string>): Started {
  const child = spawn(file, args, { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    ended,
    output: () => output,
    kill() {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // Gone already.
      }
    },
  };
}

/** Starts the runner as the local backend does. */
export function startRunner(place: Workplace, more: Readonly<Record<string, string>> = {}): Started {
  const environment = plainEnvironment({ ...place.environment, ...more });
  return startProcess(PYTHON, ['-I', '-u', environment.TABPOD_RUNNER ?? ''], environment);
}

/** One request that reached the stand-in for RunPod. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string;
  readonly agent: string;
}

/** Plays the addresses a pod calls to read and to end itself, and remembers who called. */
export interface Provider {
  readonly restUrl: string;
  readonly graphqlUrl: string;
  readonly calls: readonly Call[];
  /** Resolves with the `count`-th call that `matches`. */
  called(matches: (call: Call) => boolean, count?: number): Promise<Call>;
  close(): Promise<void>;
}

/** `answer` gives the HTTP status of a call, or `undefined` to drop the connection. */
export async function startProvider(answer: (call: Call) => number | undefined = () => 204): Promise<Provider> {
  const calls: Call[] = [];
  const waiting = new Set<() => void>();
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { authorization = '', 'user-agent': agent = '' } = request.headers;
    const call = { method: request.method ?? '', path: request.url ?? '', body, authorization, agent };
    calls.push(call);
    const status = answer(call);
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status).end();
    for (const look of waiting) look();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    restUrl: `http://127.0.0.1:${port}/v2`,
    graphqlUrl: `http://127.0.0.1:${port}/graphql`,
    calls,
    called: (matches, count = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const found = calls.filter(matches)[count - 1];
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const isRestEnd = ({ method, path, body }: Call) =>
  method === 'POST' && path === '/v2/pods/pod-1/action' && JSON.parse(body).action === 'terminate';
export const isGraphqlEnd = ({ path, body }: Call) =>
  path === '/graphql' && JSON.parse(body).query === 'mutation{podTerminate(input:{podId:"pod-1"})}';
