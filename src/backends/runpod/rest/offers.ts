import type { Offer, Offers } from '../../ports.ts';
import type { RunpodContext } from '../context.ts';
import type { RestClient } from './http.ts';
import { MIN_CUDA_VERSION } from './machines.ts';
import { type Gpu, gpuListSchema } from './schemas.ts';
import type { NetworkVolumes } from './volumes.ts';

const QUERY = new URLSearchParams({
  include: 'AVAILABILITY',
  product: 'POD',
  count: '1',
  cloud: 'SECURE',
  minCudaVersion: MIN_CUDA_VERSION,
});

const STOCK: ReadonlyMap<string, Offer['stock']> = new Map([
  ['LOW', 'low'],
  ['MEDIUM', 'medium'],
  ['HIGH', 'high'],
]);

/** GPUs that the volume's data centre has, cheapest first: stock and price as RunPod states them at this moment. */
export function createOffers(context: RunpodContext, rest: RestClient, volumes: NetworkVolumes): Offers {
  return {
    async list() {
      const [dataCenter, { gpus }] = await Promise.all([
        volumes.dataCenter(),
        rest.read(`/catalog/gpus?${QUERY}`, gpuListSchema),
      ]);
      const readAt = context.clock.now();
      return gpus
        .flatMap((gpu) => offer(gpu, dataCenter, readAt) ?? [])
        .sort((a, b) => a.pricePerHour - b.pricePerHour || a.gpu.localeCompare(b.gpu));
    },
  };
}

/** `undefined` for what cannot be rented beside the volume, is not CUDA, or has no price. */
function offer(gpu: Gpu, dataCenter: string, readAt: number): Offer | undefined {
  const here = gpu.dataCenters?.find(({ id }) => id === dataCenter);
  const price = gpu.price.secure;
  if (!here || gpu.manufacturer !== 'NVIDIA' || !gpu.secure || !price) return undefined;
  return {
    gpu: gpu.id,
    label: gpu.name,
    memoryGb: gpu.memory,
    pricePerHour: price,
    stock: STOCK.get(here.availability) ?? 'none',
    readAt,
  };
}
