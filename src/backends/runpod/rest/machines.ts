import { messageOf } from '../../../base/error.ts';
import { startArgs } from '../../../core/contract/start-command.ts';
import { TabpodError } from '../../../core/error.ts';
import type { Machine, MachineRequest, Machines } from '../../ports.ts';
import type { RunpodContext } from '../context.ts';
import type { RestClient } from './http.ts';
import { type Pod, podListSchema, podSchema } from './schemas.ts';
import type { NetworkVolumes } from './volumes.ts';

/** The default image is built for CUDA 12.8; on an older driver its container does not start. */
export const MIN_CUDA_VERSION = '12.8';

/** RunPod's limit on the environment of a pod. */
const MAX_VARIABLES = 50;

/** Pods beside the volume: rented once, listed with proof of the account, ended for ever. */
export function createMachines(context: RunpodContext, rest: RestClient, volumes: NetworkVolumes): Machines {
  return {
    async create(request) {
      const body = podRequest(context, request, await volumes.dataCenter());
      return machine(await rest.rent('/pods', body, podSchema));
    },
    async list() {
      const [{ pods }, proven] = await Promise.all([rest.read('/pods', podListSchema), isOurs(context, volumes)]);
      return { machines: pods.filter(({ status }) => status !== 'TERMINATED').map(machine), proven };
    },
    async terminate(id) {
      await rest.act(`/pods/${encodeURIComponent(id)}/action`, { action: 'terminate' });
    },
  };
}

/** Whether the key in use sees the settings' volume now. A pod list without that proves nothing. */
async function isOurs(context: RunpodContext, volumes: NetworkVolumes): Promise<boolean> {
  try {
    return (await volumes.list()).some(({ id }) => id === context.settings.volumeId);
  } catch (error) {
    context.log.warn(`RunPod: the network volumes could not be read: ${messageOf(error)}`);
    return false;
  }
}

/** The body of `POST /pods`. Throws TabpodError for an environment that RunPod would refuse or rewrite. */
export function podRequest(context: RunpodContext, request: MachineRequest, dataCenter: string) {
  const { settings } = context;
  return {
    name: request.name,
    image: request.image,
    args: startArgs(),
    disk: request.diskGb,
    cloud: 'SECURE',
    ...(request.gpu !== null && {
      gpu: { id: request.gpu, count: request.gpuCount, minCudaVersion: MIN_CUDA_VERSION },
    }),
    dataCenterIds: [dataCenter],
    mounts: { network: [{ volumeId: settings.volumeId, path: settings.mountPath }] },
    env: environment(context, request),
  };
}

function environment({ settings }: RunpodContext, request: MachineRequest): Record<string, string> {
  const paths = Object.entries(request.paths).map(([name, key]) => [name, `${settings.mountPath}/${key}`]);
  const env: Record<string, string> = {
    ...request.environment,
    ...Object.fromEntries(paths),
    TABPOD_VOLUME: settings.mountPath,
    TABPOD_REST_URL: settings.restUrl,
    TABPOD_GRAPHQL_URL: settings.graphqlUrl,
  };
  const count = Object.keys(env).length;
  if (count > MAX_VARIABLES) throw new TabpodError('account/too-many-variables', { count, limit: MAX_VARIABLES });
  // RunPod replaces {{ … }} with the account's secrets and more; nothing of ours asks for that.
  const name = Object.keys(env).find((candidate) => env[candidate]?.includes('{{'));
  if (name !== undefined) throw new TabpodError('account/variable-reference', { name });
  return env;
}

function machine(pod: Pod): Machine {
  const state = stateOf(pod);
  return {
    id: pod.id,
    name: pod.name,
    state,
    // A rented pod for nothing is not credible: RunPod has not said the price yet.
    pricePerHour: pod.cost === 0 && state !== 'exited' ? null : (pod.cost ?? null),
    gpu: pod.gpu?.id ?? null,
    uptimeSeconds: pod.runtime?.uptime ?? null,
    gpuUtilisation: mean(pod.runtime?.gpus?.flatMap(({ util }) => util ?? []) ?? []),
    createdAt: pod.createdAt ?? null,
  };
}

/** RUNNING is said from the start; only `runtime` shows that a container has reported in. */
function stateOf({ status, runtime }: Pod): Machine['state'] {
  switch (status) {
    case 'RUNNING':
      return runtime ? 'running' : 'starting';
    case 'PROVISIONING':
    case 'STARTING':
      return 'starting';
    case 'EXITED':
    case 'ERROR':
      return 'exited';
    default:
      return 'unknown';
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
