import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { guardGroup, killTree } from './processes.ts';
import { shellWords } from './shell-words.ts';
import { WAITS, type World } from './world.ts';

/** What was asked for, checked. */
export interface PodRequest {
  readonly name: string;
  readonly image: string;
  readonly args: string;
  readonly disk: number;
  readonly env: Readonly<Record<string, string>>;
  readonly gpu: { readonly id: string; readonly count: number };
  readonly mountPath: string | undefined;
}

export interface EmulatedPod {
  readonly id: string;
  readonly request: PodRequest;
  /** The pod-scoped key. */
  readonly key: string;
  /** Home, temporary files and container.log. */
  readonly folder: string;
  readonly pricePerHour: number;
  readonly createdAt: string;
  readonly status: 'PROVISIONING' | 'RUNNING' | 'EXITED';
  readonly startedAt: string | null;
  /** Seconds since the container started; `null` while none runs. */
  readonly uptime: number | null;
  /** How often the container was started. */
  readonly starts: number;
}

export interface Pods {
  create(request: PodRequest, pricePerHour: number): EmulatedPod;
  list(): readonly EmulatedPod[];
  get(id: string): EmulatedPod | undefined;
  /** Ends the processes and forgets the pod. */
  terminate(id: string): Promise<void>;
  /** Ends the processes and keeps the pod, as a stop or RunPod's own stop does. */
  exit(id: string): Promise<void>;
  start(id: string): void;
  /** Kills the container; RunPod starts it again. */
  restart(id: string): Promise<void>;
  terminateAll(): Promise<void>;
}

interface Mutable {
  pod: EmulatedPod;
  container: ChildProcess | undefined;
  guard: ChildProcess | undefined;
  startedAt: number | null;
  timer: NodeJS.Timeout | undefined;
  /** Counts boots, so that what belongs to an earlier life of the pod is ignored. */
  life: number;
  stopBilling: () => void;
}

/** Variables of this computer that a container needs to reach package indexes as this computer does. */
const NETWORK =
  /^(PIP_|UV_|SSL_CERT_|REQUESTS_CA_BUNDLE$|CURL_CA_BUNDLE$|NODE_EXTRA_CA_CERTS$|(https?|no|all)_proxy$)/i;

/** Pods as process groups, each in a folder beside the volume. */
export function createPods(world: World): Pods {
  const pods = new Map<string, Mutable>();

  function create(request: PodRequest, pricePerHour: number): EmulatedPod {
    const id = `emu${randomBytes(6).toString('hex')}`;
    const folder = join(world.folder, 'pods', id);
    for (const name of ['home', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
    const entry: Mutable = {
      pod: {
        id,
        request,
        key: `rpa_pod_${randomBytes(12).toString('hex')}`,
        folder,
        pricePerHour,
        createdAt: new Date().toISOString(),
        status: 'PROVISIONING',
        startedAt: null,
        uptime: null,
        starts: 0,
      },
      container: undefined,
      guard: undefined,
      startedAt: null,
      timer: undefined,
      life: 0,
      stopBilling: world.billing.charge(pricePerHour),
    };
    pods.set(id, entry);
    provision(world, entry);
    return view(entry);
  }

  const entry = (id: string) => {
    const found = pods.get(id);
    if (!found) throw new Error(`no pod ${id}`);
    return found;
  };

  async function terminate(id: string): Promise<void> {
    const doomed = pods.get(id);
    if (!doomed) return;
    await halt(doomed);
    doomed.stopBilling();
    pods.delete(id);
  }

  return {
    create,
    list: () => [...pods.values()].map(view),
    get: (id) => {
      const found = pods.get(id);
      return found && view(found);
    },
    terminate,
    async exit(id) {
      const stopped = entry(id);
      await halt(stopped);
      stopped.stopBilling();
      stopped.pod = { ...stopped.pod, status: 'EXITED' };
    },
    start(id) {
      const started = entry(id);
      started.stopBilling = world.billing.charge(started.pod.pricePerHour);
      started.pod = { ...started.pod, status: 'PROVISIONING' };
      provision(world, started);
    },
    async restart(id) {
      const { container, pod } = entry(id);
      if (container?.pid) await killTree(container.pid, pod.folder);
    },
    async terminateAll() {
      await Promise.all([...pods.keys()].map(terminate));
    },
  };
}

function view({ pod, startedAt }: Mutable): EmulatedPod {
  return { ...pod, uptime: startedAt === null ? null : Math.floor((performance.now() - startedAt) / 1000) };
}

/** *documented*: PROVISIONING first. *reported*: RUNNING is said while the image is still pulled, without runtime. */
function provision(world: World, entry: Mutable): void {
  entry.life += 1;
  entry.timer = setTimeout(() => {
    entry.pod = { ...entry.pod, status: 'RUNNING' };
    if (world.faults.neverBoots) return;
    const boot = world.scaled(WAITS.boot) * world.faults.bootFactor;
    entry.timer = setTimeout(() => startContainer(world, entry), boot);
  }, world.scaled(WAITS.provisioning));
}

function startContainer(world: World, entry: Mutable): void {
  const { pod, life } = entry;
  const [command = 'sh', ...args] = commandOf(pod.request.args);
  const log = openSync(join(pod.folder, 'container.log'), 'a');
  const container = spawn(command, args, {
    cwd: join(pod.folder, 'home'),
    env: environment(world, pod),
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  entry.container = container;
  entry.guard = container.pid === undefined ? undefined : guardGroup(container.pid);
  entry.startedAt = performance.now();
  entry.pod = { ...pod, starts: pod.starts + 1, startedAt: new Date().toISOString() };
  const ended = () => {
    entry.guard?.kill('SIGKILL');
    if (entry.life !== life || entry.container !== container) return;
    // *documented* by hints, *reported* widely: a container that exits is started again, and the bill runs on.
    entry.container = undefined;
    entry.startedAt = null;
    entry.timer = setTimeout(() => startContainer(world, entry), world.scaled(WAITS.restart));
  };
  container.once('exit', ended);
  // A command that does not exist is a container that fails at once.
  container.once('error', ended);
}

/** *reported*: `args` may be a JSON document with `cmd` and `entrypoint`, otherwise it is split like a shell does. */
export function commandOf(args: string): string[] {
  try {
    const { entrypoint = [], cmd = [] } = JSON.parse(args);
    return [...entrypoint, ...cmd].map(String);
  } catch {
    return shellWords(args);
  }
}

function environment(world: World, { id, key, folder, request }: EmulatedPod): NodeJS.ProcessEnv {
  const network = Object.entries(process.env).filter(([name]) => NETWORK.test(name));
  // *documented*: {{ RUNPOD_SECRET_… }} is replaced; this account has no secrets.
  const sent = Object.entries(request.env).map(([name, value]) => [name, value.replace(/\{\{.*?\}\}/g, '')]);
  return {
    ...Object.fromEntries(network),
    PATH: [world.imageBin, process.env.PATH].join(delimiter),
    LANG: 'C.UTF-8',
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    UV_CACHE_DIR: world.uvCache,
    ...Object.fromEntries(sent),
    // *reported*: a variable of the user with this name is shadowed by the pod-scoped key.
    RUNPOD_API_KEY: key,
    RUNPOD_POD_ID: id,
    RUNPOD_DC_ID: world.dataCenter,
    RUNPOD_POD_HOSTNAME: `${id}-emulated`,
    RUNPOD_GPU_COUNT: String(request.gpu.count),
    RUNPOD_CPU_COUNT: '2',
    ...(request.mountPath && { RUNPOD_VOLUME_ID: world.volumeId }),
  };
}

/** Ends the processes of a pod and everything that would start new ones. */
async function halt(entry: Mutable): Promise<void> {
  entry.life += 1;
  clearTimeout(entry.timer);
  const { container, guard } = entry;
  entry.container = undefined;
  entry.startedAt = null;
  if (container?.pid) await killTree(container.pid, entry.pod.folder);
  guard?.kill('SIGKILL');
}
