import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/error.ts';
import { BackendError, type Machine, type MachineRequest, type Machines } from '../ports.ts';
import { familyOf, processTable, signalProcess } from './processes.ts';
import type { MachineRecord, MachineRecords } from './records.ts';
import { pathOfKey } from './volume.ts';

const NAME = /^[A-Za-z0-9_-]{1,100}$/;
/** Of the host's environment, nothing that is another program's secret or that speaks to a runner. */
const WITHHELD = /^(TABPOD|RUNPOD|AWS|ELECTRON|VSCODE|NODE|npm)_/;
/** A runner that nobody has registered by now has ended by itself (`wait_for_registration` in the runner). */
const REGISTRATION_MS = 30_000;
const GRACE_MS = 10_000;
const KILL_MS = 10_000;

export interface LocalMachinesOptions {
  readonly records: MachineRecords;
  readonly volume: string;
  readonly cache: string;
  readonly clock: Clock;
  readonly waitScale: number;
  /** The Python that runs the runner; throws when there is none. */
  python(): Promise<string>;
}

/** Processes of this computer as machines: they outlive this process, and any process of this home finds them. */
export function createLocalMachines(options: LocalMachinesOptions): Machines {
  const { records, clock, waitScale } = options;

  const alive = async (record: MachineRecord): Promise<readonly number[]> => {
    if (record.pid === null || record.started === null) return [];
    return familyOf({ pid: record.pid, started: record.started }, await processTable([record.pid]));
  };

  /** Waits until nothing of a machine lives; false when `ms` are over first. */
  async function gone(record: MachineRecord, ms: number): Promise<boolean> {
    const deadline = clock.now() + ms;
    while ((await alive(record)).length > 0) {
      if (clock.now() > deadline) return false;
      await clock.sleep(50);
    }
    return true;
  }

  return {
    async create(request) {
      const runner = checked(request, options.volume);
      const python = await options.python();
      const createdAt = new Date(clock.now()).toISOString();
      const record: MachineRecord = { id: request.name, createdAt, pid: null, started: null };
      if (!(await records.reserve(record))) throw refused(`there was a machine ${request.name} before`);
      try {
        return machineOf(await launch(record, python, runner, request), clock.now());
      } catch (error) {
        await rm(records.path(request.name, 'json'), { force: true });
        throw error;
      }
    },

    async list() {
      const all = await records.all();
      const table = await processTable(all.flatMap(({ pid }) => pid ?? []));
      const machines = all.filter((record) => isThere(record, table, clock.now()));
      return { machines: machines.map((record) => machineOf(record, clock.now())), proven: true };
    },

    async terminate(id) {
      const record = NAME.test(id) ? await records.read(id) : undefined;
      if (!record) return;
      if (record.pid === null) {
        // Never registered: without its record it cannot start any more.
        await rm(records.path(id, 'json'), { force: true });
        return;
      }
      const [first] = await alive(record);
      // The runner stops the script and says so, if it is there and quick.
      if (first === record.pid) await signalProcess(record.pid, 'SIGTERM');
      if (!(await gone(record, GRACE_MS * waitScale))) {
        for (const pid of await alive(record)) await signalProcess(pid, 'SIGKILL');
      }
      if (!(await gone(record, KILL_MS))) {
        throw new BackendError({ kind: 'unavailable', detail: `process ${record.pid} does not end` });
      }
      await rm(join(options.cache, 'work', id), { recursive: true, force: true });
    },
  };

  /** Starts the runner and records its process, which is what the runner waits for. */
  async function launch(record: MachineRecord, python: string, runner: string, request: MachineRequest) {
    const logPath = records.path(record.id, 'log');
    const pid = await pidOf(start(python, runner, environmentOf(request, options), logPath));
    const row = (await processTable([pid])).find((one) => one.pid === pid);
    if (!row) throw refused(`the runner ended at once; ${logPath} says why`);
    const launched = { ...record, pid, started: row.started };
    try {
      await records.write(launched);
    } catch (error) {
      await signalProcess(pid, 'SIGKILL');
      throw refused(`its process could not be recorded: ${messageOf(error)}`);
    }
    return launched;
  }
}

function refused(detail: string): BackendError {
  return new BackendError({ kind: 'refused', detail });
}

/** The absolute path of the runner, when the request can be met. */
function checked(request: MachineRequest, volume: string): string {
  if (!NAME.test(request.name)) throw refused(`“${request.name}” is not a name for a machine`);
  const key = request.paths.TABPOD_RUNNER;
  if (key === undefined) throw refused('the request names no runner');
  const runner = pathOfKey(volume, key);
  if (!existsSync(runner)) throw refused(`there is no runner ${runner}`);
  return runner;
}

function environmentOf(request: MachineRequest, options: LocalMachinesOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !WITHHELD.test(name));
  const paths = Object.entries(request.paths).map(([name, key]) => [name, pathOfKey(options.volume, key)] as const);
  return {
    ...Object.fromEntries(own),
    ...request.environment,
    ...Object.fromEntries(paths),
    TABPOD_VOLUME: options.volume,
    TABPOD_CACHE: options.cache,
    TABPOD_MACHINE: request.name,
    TABPOD_REGISTRATION: options.records.path(request.name, 'json'),
    TABPOD_REST_URL: '',
    TABPOD_GRAPHQL_URL: '',
  };
}

function start(python: string, runner: string, env: NodeJS.ProcessEnv, logPath: string): ChildProcess {
  mkdirSync(dirname(logPath), { recursive: true });
  const output = openSync(logPath, 'a', 0o600);
  try {
    return spawn(python, ['-I', '-u', runner], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output],
      cwd: dirname(logPath),
      env,
    });
  } finally {
    closeSync(output);
  }
}

/** Resolves once the process runs, and lets this one end before it. */
function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(refused(messageOf(error))));
    child.once('spawn', () => {
      child.unref();
      resolve(child.pid ?? 0);
    });
  });
}

function isThere(record: MachineRecord, table: Parameters<typeof familyOf>[1], now: number): boolean {
  const { pid, started } = record;
  if (pid === null || started === null) return now - Date.parse(record.createdAt) < REGISTRATION_MS;
  return familyOf({ pid, started }, table).length > 0;
}

function machineOf({ id, pid, createdAt }: MachineRecord, now: number): Machine {
  return {
    id,
    name: id,
    state: pid === null ? 'starting' : 'running',
    pricePerHour: 0,
    gpu: null,
    uptimeSeconds: Math.max(0, (now - Date.parse(createdAt)) / 1000),
    gpuUtilisation: null,
    createdAt,
  };
}
