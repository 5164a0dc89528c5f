import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import type { RunpodSettings } from '../../src/backends/runpod/context.ts';
import { createBilling } from './billing.ts';
import { DEFAULT_CATALOGUE, type EmulatedGpu } from './catalogue.ts';
import { type Faults, faultsSchema, noFaults } from './faults.ts';
import { graphql } from './graphql.ts';
import { type Incoming, json, type Outgoing, serve } from './http.ts';
import { createPods, type EmulatedPod, type Pods } from './pods.ts';
import { rest } from './rest.ts';
import { s3 } from './s3.ts';
import { createS3Files } from './s3-files.ts';
import type { RecordedRequest, World } from './world.ts';

export interface EmulatorOptions {
  /** Volume and pods go here; made when it is missing. */
  readonly folder: string;
  /** Port of the API; any free one when left out. S3 always takes a free one. */
  readonly port?: number;
  /** Multiplies every wait of the emulator; 1 when left out. */
  readonly waitScale?: number;
  readonly catalogue?: readonly EmulatedGpu[];
  readonly faults?: Partial<Faults>;
  /** USD on the account; 100 when left out. */
  readonly credit?: number;
  /** Bytes the volume holds; no limit when left out. */
  readonly quotaBytes?: number;
  /** A single PutObject must be smaller; 500 MB when left out. */
  readonly putLimitBytes?: number;
}

export interface Addresses {
  readonly url: string;
  readonly restUrl: string;
  readonly graphqlUrl: string;
  readonly s3Url: string;
  readonly apiKey: string;
  readonly s3AccessKey: string;
  readonly s3SecretKey: string;
  readonly volumeId: string;
  readonly volumeFolder: string;
}

/** An emulated RunPod on loopback. */
export interface Emulator extends Addresses {
  settings(): RunpodSettings;
  pods(): readonly EmulatedPod[];
  /** What RunPod or its hosts may do to a pod: take it away, or stop it and keep it as EXITED. */
  endPod(id: string, fate: 'vanish' | 'exit'): Promise<void>;
  /** USD charged since the start. */
  spent(): number;
  readonly requests: readonly RecordedRequest[];
  readonly faults: Faults;
  /** Ends every pod and closes the ports. */
  stop(): Promise<void>;
}

const REMEMBERED_REQUESTS = 5000;
const MB = 1_000_000;

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const timers = new Set<NodeJS.Timeout>();
  const world = createWorld(options, timers);
  const pods = createPods(world);
  const files = createS3Files(world);
  const api = await serve(options.port ?? 0, (request) => apiCall(world, pods, request));
  const storage = await serve(0, (request) => recorded(world, 's3', request, () => s3(world, files, request)));
  const url = `http://127.0.0.1:${api.port}`;
  const { apiKey, s3AccessKey, s3SecretKey, volumeId, volumeFolder } = world;
  const addresses: Addresses = {
    url,
    restUrl: `${url}/v2`,
    graphqlUrl: `${url}/graphql`,
    s3Url: `http://127.0.0.1:${storage.port}`,
    apiKey,
    s3AccessKey,
    s3SecretKey,
    volumeId,
    volumeFolder,
  };
  return {
    ...addresses,
    settings: () => settingsOf(addresses),
    pods: pods.list,
    endPod: (id, fate) => (fate === 'vanish' ? pods.terminate(id) : pods.exit(id)),
    spent: world.billing.spent,
    requests: world.requests,
    faults: world.faults,
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await api.close();
      await storage.close();
      await pods.terminateAll();
    },
  };
}

function createWorld(options: EmulatorOptions, timers: Set<NodeJS.Timeout>): World {
  const folder = resolve(options.folder);
  const volumeFolder = join(folder, 'volume');
  mkdirSync(volumeFolder, { recursive: true });
  const scale = options.waitScale ?? 1;
  const cache = resolve('.cache');
  return {
    folder,
    volumeFolder,
    volumeId: 'emuvolume1',
    dataCenter: 'EU-RO-1',
    sizeGb: 10,
    apiKey: `rpa_emulated_${randomBytes(12).toString('hex')}`,
    s3AccessKey: `user_emulated${randomBytes(6).toString('hex')}`,
    s3SecretKey: `rps_emulated_${randomBytes(12).toString('hex')}`,
    catalogue: options.catalogue ?? DEFAULT_CATALOGUE,
    billing: createBilling(options.credit ?? 100),
    faults: { ...noFaults(), ...options.faults },
    requests: [],
    quotaBytes: options.quotaBytes,
    putLimitBytes: options.putLimitBytes ?? 500 * MB,
    imageBin: join(cache, 'venv', 'bin'),
    uvCache: process.env.UV_CACHE_DIR ?? join(cache, 'uv'),
    scaled: (milliseconds) => milliseconds * scale,
    later(milliseconds, work) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void work();
      }, milliseconds * scale);
      timers.add(timer);
    },
  };
}

/** Settings as a connected account would have them. Pods see the volume where it really is. */
export function settingsOf(addresses: Addresses): RunpodSettings {
  const { apiKey, s3AccessKey, s3SecretKey, volumeId, volumeFolder, restUrl, graphqlUrl, s3Url } = addresses;
  return {
    apiKey,
    s3AccessKey,
    s3SecretKey,
    volumeId,
    restUrl,
    graphqlUrl,
    s3Url,
    image: 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404',
    mountPath: volumeFolder,
    diskGb: 40,
  };
}

async function apiCall(world: World, pods: Pods, request: Incoming): Promise<Outgoing> {
  if (request.path.startsWith('/_emulator/')) return control(world, pods, request);
  if (request.path === '/graphql') return recorded(world, 'graphql', request, () => graphql(world, pods, request));
  if (request.path.startsWith('/v2/')) return recorded(world, 'rest', request, () => rest(world, pods, request));
  return { status: 404 };
}

const fateSchema = z.strictObject({ id: z.string(), fate: z.enum(['vanish', 'exit']) });

/** For other processes: `GET state`, `POST faults` (a part of the switches), `POST pods` (`{id, fate}`). */
async function control(world: World, pods: Pods, { method, path, body }: Incoming): Promise<Outgoing> {
  switch (`${method} ${path}`) {
    case 'GET /_emulator/state': {
      const { billing, faults, requests } = world;
      const money = { balance: billing.balance(), spent: billing.spent(), rate: billing.rate() };
      // Keys of pods are nobody's business.
      const shown = pods.list().map(({ key: _, ...pod }) => pod);
      return json(200, { pods: shown, billing: money, faults, requests: requests.length });
    }
    case 'POST /_emulator/faults':
      Object.assign(world.faults, z.partial(faultsSchema).parse(JSON.parse(body.toString('utf8'))));
      return json(200, world.faults);
    case 'POST /_emulator/pods': {
      const { id, fate } = fateSchema.parse(JSON.parse(body.toString('utf8')));
      await (fate === 'vanish' ? pods.terminate(id) : pods.exit(id));
      return { status: 204 };
    }
    default:
      return { status: 404 };
  }
}

async function recorded(
  world: World,
  api: RecordedRequest['api'],
  request: Incoming,
  handle: () => Promise<Outgoing>,
): Promise<Outgoing> {
  const body = api === 's3' ? request.body.length : parsed(request.body);
  const record: RecordedRequest = {
    api,
    method: request.method,
    path: request.target,
    body,
    status: undefined,
    reply: undefined,
  };
  world.requests.push(record);
  if (world.requests.length > REMEMBERED_REQUESTS) world.requests.shift();
  const reply = await handle();
  if (typeof reply === 'string') return reply;
  record.status = reply.status;
  if (api === 'rest') record.reply = parsed(Buffer.from(reply.body ?? ''));
  return reply;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return body.length === 0 ? undefined : body.toString('utf8');
  }
}
