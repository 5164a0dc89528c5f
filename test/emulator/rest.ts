import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import type { EmulatedGpu } from './catalogue.ts';
import { takes } from './faults.ts';
import { type Incoming, json, type Outgoing } from './http.ts';
import type { EmulatedPod, Pods } from './pods.ts';
import { actionSchema, type CreatePod, createPodSchema, violations } from './rest-schemas.ts';
import { WAITS, type World } from './world.ts';

export const NO_INSTANCES =
  'There are no longer any instances available with the requested specifications. Please refresh and try again.';
export const NO_FUNDS = 'Your account balance is too low to rent a pod. Please add funds to your account.';

/** *assumed*: the newest driver of the emulated hosts. */
const HOST_CUDA = [13, 0] as const;
/** *documented*. */
const MAX_VARIABLES = 50;

/** Who is calling: the account, or one pod with its own key. */
export type Caller = 'account' | EmulatedPod;

interface Call {
  readonly world: World;
  readonly pods: Pods;
  readonly caller: Caller;
  readonly request: Incoming;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** *documented*: RFC 9457 with `errors` for a bad body. */
function problem(status: number, detail: string, extra: { errors?: string[]; retryAfter?: number } = {}): Outgoing {
  const { errors, retryAfter } = extra;
  return json(
    status,
    { title: TITLES[status] ?? 'Error', status, detail, ...(errors && { errors }) },
    {
      'Content-Type': 'application/problem+json',
      'x-request-id': randomUUID(),
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    },
  );
}

/** Whose key this is; `undefined` for a key that never was. */
export function callerOf(request: Incoming, world: World, pods: Pods): Caller | undefined {
  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined || world.faults.badAuth) return undefined;
  return key === world.apiKey ? 'account' : pods.list().find((pod) => pod.key === key);
}

/** What stands before the API itself: Cloudflare, its proxy, the rate limit. `undefined` lets the call through. */
export function gateway(request: Incoming, { faults }: World): Outgoing | undefined {
  // *reported*: a missing User-Agent or that of a library is refused.
  const agent = request.headers['user-agent'] ?? '';
  if (/^$|^node|^undici|^python-urllib|^axios|^go-http-client/i.test(agent)) {
    return { status: 403, headers: { 'Content-Type': 'text/plain' }, body: 'error code: 1010' };
  }
  // *documented*: 429 with Retry-After in seconds.
  if (takes(faults, 'rateLimited')) {
    return problem(429, 'rate limit exceeded for the minute window', { retryAfter: faults.retryAfterSeconds });
  }
  // *reported*: proxy errors come as a page.
  if (takes(faults, 'gatewayErrors')) return proxyPage(Number(faults.gatewayStatus));
  return undefined;
}

export function proxyPage(status: number): Outgoing {
  const body = `<!DOCTYPE html>\n<html><head><title>api.runpod.io | ${status}</title></head><body>${status}</body></html>`;
  return { status, headers: { 'Content-Type': 'text/html' }, body };
}

/** REST v2 below `/v2`. */
export async function rest(world: World, pods: Pods, request: Incoming): Promise<Outgoing> {
  const stopped = gateway(request, world);
  if (stopped) return stopped;
  const caller = callerOf(request, world, pods);
  if (!caller) {
    return problem(401, request.headers.authorization ? 'invalid bearer token' : 'missing bearer token');
  }
  const call = { world, pods, caller, request };
  const { method } = request;
  const path = request.path.replace(/^\/v2/, '');
  const pod = /^\/pods\/([^/]+)(\/action)?$/.exec(path);
  if (pod) return onePod(call, decodeURIComponent(pod[1] ?? ''), pod[2] !== undefined);
  // *assumed*: a pod-scoped key sees nothing but its pod.
  if (caller !== 'account') return problem(403, 'access denied');
  if (path === '/pods' && method === 'POST') return createPod(call);
  if (method !== 'GET') return problem(405, 'The requested method is not allowed for this path.');
  if (path === '/pods') return listPods(call);
  if (path === '/network-volumes') return listVolumes(world);
  if (path === '/catalog/gpus') return listGpus(world, request.query);
  return problem(404, 'resource not found');
}

function listPods({ world, pods }: Call): Outgoing {
  if (world.faults.listFails) return problem(500, 'Something went wrong. Please try again later or contact support.');
  const blip = takes(world.faults, 'runtimeBlips');
  return json(200, { pods: pods.list().map((pod) => podJson(world, pod, blip)) });
}

function listVolumes(world: World): Outgoing {
  const { volumeId: id, sizeGb: size, dataCenter } = world;
  const ours = { id, name: 'tabpod', size, dataCenter, type: 'STANDARD' };
  const elsewhere = { id: 'emuvolume2', name: 'archive', size: 50, dataCenter: 'EUR-IS-2', type: 'HIGH_PERFORMANCE' };
  return json(200, { networkVolumes: world.faults.foreignAccount ? [elsewhere] : [ours, elsewhere] });
}

function listGpus(world: World, query: URLSearchParams): Outgoing {
  const withStock = query.get('include') === 'AVAILABILITY';
  // *documented*: the filters are valid only together with include=AVAILABILITY, and that needs `product`.
  const filters = ['product', 'count', 'cloud', 'countryCodes', 'cudaVersions', 'minCudaVersion'];
  if (withStock !== query.has('product') || (!withStock && filters.some((name) => query.has(name)))) {
    return problem(400, 'product is required with include=AVAILABILITY, and filters are valid only with it');
  }
  return json(200, { gpus: world.catalogue.map((gpu) => gpuJson(world, gpu, withStock)) });
}

function gpuJson({ dataCenter, faults }: World, gpu: EmulatedGpu, withStock: boolean) {
  const out = faults.noCapacity.some((id) => id === gpu.id || id === '*');
  const availability = gpu.stock === 'ABSENT' || out ? 'NONE' : gpu.stock;
  const elsewhere = { id: 'US-KS-2', name: 'US Kansas 2', availability: 'HIGH' };
  const here = { id: dataCenter, name: dataCenter, availability };
  return {
    id: gpu.id,
    name: gpu.name,
    pool: null,
    manufacturer: gpu.manufacturer,
    memory: gpu.memory,
    secure: gpu.price > 0,
    community: true,
    price: { secure: gpu.price, community: gpu.price },
    maxCount: { secure: 8, community: 4 },
    // *documented*: stock overall and per data centre that offers the type at all.
    ...(withStock && {
      availability: 'HIGH',
      dataCenters: gpu.stock === 'ABSENT' ? [elsewhere] : [elsewhere, here],
    }),
  };
}

/** *documented* statuses; the order in which they are looked at is *assumed*. */
function createPod({ world, pods, request }: Call): Outgoing {
  const body = parse(request.body, createPodSchema);
  if ('refusal' in body) return body.refusal;
  const wanted = body.value;
  const refused = refusalOf(world, wanted);
  if (refused) return refused;
  const gpu = world.catalogue.find(({ id }) => id === wanted.gpu.id);
  const count = wanted.gpu.count ?? 1;
  const price = (gpu?.price ?? 0) * count * world.faults.createPriceFactor;
  if (world.faults.createReply === 'stall-before') return 'stall';
  const pod = pods.create(
    {
      name: wanted.name,
      image: wanted.image,
      args: wanted.args ?? '',
      disk: wanted.disk ?? 50,
      env: wanted.env ?? {},
      gpu: { id: wanted.gpu.id, count },
      mountPath: wanted.mounts?.network?.[0]?.path,
    },
    price,
  );
  switch (world.faults.createReply) {
    case 'lost':
      return 'cut';
    case 'stall-after':
      return 'stall';
    case 'garbled':
      return { status: 201, headers: { 'Content-Type': 'application/json' }, body: '{"id": ' };
    default:
      return json(201, podJson(world, pod, false));
  }
}

function refusalOf(world: World, wanted: CreatePod): Outgoing | undefined {
  const { faults, billing } = world;
  if (Object.keys(wanted.env ?? {}).length > MAX_VARIABLES) {
    return problem(400, `a pod may have at most ${MAX_VARIABLES} environment variables`);
  }
  const mount = wanted.mounts?.network?.[0];
  if (mount && mount.volumeId !== world.volumeId) return problem(404, 'network volume not found');
  // A limit of the emulator: it cannot mount anything, so pods must look where the volume really is.
  if (mount && mount.path !== world.volumeFolder) {
    return problem(400, `the emulator can show the volume only at ${world.volumeFolder}`);
  }
  // *documented*: the volume is in one data centre, on the secure cloud.
  if (mount && wanted.cloud === 'COMMUNITY') {
    return problem(400, 'Something went wrong. Please try again later or contact support.');
  }
  const gpu = world.catalogue.find(({ id }) => id === wanted.gpu.id);
  if (!gpu) return problem(400, `gpu type '${wanted.gpu.id}' not found`);
  // *documented*: at least one hour of credit is needed. 402 is *reported*, live.
  if (faults.noFunds || billing.balance() < gpu.price * (wanted.gpu.count ?? 1)) return problem(402, NO_FUNDS);
  return hasCapacity(world, wanted, gpu) ? undefined : problem(400, NO_INSTANCES);
}

/** *documented*: too narrow data centres and CUDA versions are no capacity as well. */
function hasCapacity({ dataCenter, faults }: World, wanted: CreatePod, gpu: EmulatedGpu): boolean {
  const [major = 0, minor = 0] = (wanted.gpu.minCudaVersion ?? '0.0').split('.').map(Number);
  const cuda = major < HOST_CUDA[0] || (major === HOST_CUDA[0] && minor <= HOST_CUDA[1]);
  const there = wanted.dataCenterIds?.length ? wanted.dataCenterIds.includes(dataCenter) : true;
  const out = faults.noCapacity.some((id) => id === gpu.id || id === '*');
  return cuda && there && !out && gpu.price > 0 && !['NONE', 'ABSENT'].includes(gpu.stock);
}

async function onePod(call: Call, id: string, action: boolean): Promise<Outgoing> {
  const { world, pods, caller, request } = call;
  const pod = pods.get(id);
  // *assumed*: another pod is not found rather than forbidden.
  if (!pod || (caller !== 'account' && caller.id !== id)) return problem(404, 'pod not found');
  if (action && request.method === 'POST') return act(call, pod);
  if (!action && request.method === 'GET') return json(200, podJson(world, pod, takes(world.faults, 'runtimeBlips')));
  if (!action && request.method === 'DELETE') return terminate(call, pod);
  return problem(405, 'The requested method is not allowed for this path.');
}

async function act(call: Call, pod: EmulatedPod): Promise<Outgoing> {
  const { world, pods, request } = call;
  const body = parse(request.body, actionSchema);
  if ('refusal' in body) return body.refusal;
  const { action } = body.value;
  if (action === 'terminate') return terminate(call, pod);
  if (!actionsOf(pod).includes(action)) return problem(409, `cannot ${action} a pod that is ${pod.status}`);
  if (action === 'stop') await pods.exit(pod.id);
  if (action === 'start') pods.start(pod.id);
  if (action === 'restart') await pods.restart(pod.id);
  return json(200, podJson(world, pods.get(pod.id) ?? pod, false));
}

/** *documented*: 204. The answer comes first: a pod that ends itself still gets it. */
function terminate({ world, pods }: Call, pod: EmulatedPod): Outgoing {
  world.later(WAITS.terminate, () => pods.terminate(pod.id));
  return { status: 204 };
}

function actionsOf({ status }: EmulatedPod): string[] {
  if (status === 'EXITED') return ['start', 'terminate'];
  return status === 'RUNNING' ? ['stop', 'restart', 'terminate'] : ['stop', 'terminate'];
}

/** *documented* shape. What the emulated host measures is made up. */
function podJson(world: World, pod: EmulatedPod, blip: boolean) {
  const { request } = pod;
  const running = pod.status === 'RUNNING' && pod.uptime !== null && !blip;
  return {
    id: pod.id,
    name: request.name,
    image: request.image,
    args: request.args,
    disk: request.disk,
    ports: [],
    env: request.env,
    registry: null,
    status: pod.status,
    actions: actionsOf(pod),
    mounts: request.mountPath ? { network: [{ volumeId: world.volumeId, path: request.mountPath }] } : {},
    gpu: request.gpu,
    cloud: 'SECURE',
    dataCenterId: world.dataCenter,
    cudaVersion: HOST_CUDA.join('.'),
    ssh: { proxy: null, direct: null },
    template: null,
    cost: pod.status === 'EXITED' ? 0 : pod.pricePerHour,
    locked: false,
    globalNetworking: { enabled: false },
    runtime: running
      ? { uptime: pod.uptime, gpus: [{ util: 87, memoryUtil: 40 }], cpu: { util: 35 }, memory: { util: 20 }, ports: [] }
      : null,
    createdAt: pod.createdAt,
    startedAt: pod.startedAt,
  };
}

function parse<T extends z.ZodMiniType>(body: Buffer, schema: T): { value: z.output<T> } | { refusal: Outgoing } {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { refusal: problem(400, 'request body is not valid JSON') };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  return { refusal: problem(422, 'Request validation failed.', { errors: violations(parsed.error) }) };
}
