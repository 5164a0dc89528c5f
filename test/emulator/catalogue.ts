/** A GPU type as the emulated RunPod rents it. */
export interface EmulatedGpu {
  readonly id: string;
  readonly name: string;
  readonly manufacturer: 'NVIDIA' | 'AMD';
  readonly memory: number;
  /** USD per hour on the secure cloud; 0 when it is not offered there. */
  readonly price: number;
  /** In the volume's data centre; `ABSENT` when that one has none at all. */
  readonly stock: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'ABSENT';
}

/** Prices are made up, near what was seen in 2026. Every case the adapter tells apart is here once. */
export const DEFAULT_CATALOGUE: readonly EmulatedGpu[] = [
  gpu('NVIDIA GeForce RTX 4090', 'RTX 4090', 24, 0.69, 'HIGH'),
  gpu('NVIDIA RTX A4000', 'RTX A4000', 16, 0.25, 'LOW'),
  gpu('NVIDIA L4', 'L4', 24, 0.49, 'MEDIUM'),
  gpu('NVIDIA H100 80GB HBM3', 'H100 SXM', 80, 2.99, 'NONE'),
  gpu('NVIDIA B200', 'B200', 180, 5.99, 'ABSENT'),
  gpu('NVIDIA GeForce RTX 3080', 'RTX 3080', 10, 0, 'HIGH'),
  { ...gpu('AMD Instinct MI300X OAM', 'MI300X', 192, 2.49, 'HIGH'), manufacturer: 'AMD' },
];

function gpu(id: string, name: string, memory: number, price: number, stock: EmulatedGpu['stock']): EmulatedGpu {
  return { id, name, manufacturer: 'NVIDIA', memory, price, stock };
}
