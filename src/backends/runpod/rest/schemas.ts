import * as z from 'zod/mini';

// Strict about what we use, silent about the rest: RunPod adds fields without notice. Numbers that are only shown may
// be missing; identity may not.

const id = z.string().check(z.minLength(1), z.maxLength(200));
const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

export const podSchema = z.object({
  id,
  name: z.string(),
  status: z.string(),
  /** USD per hour. */
  cost: maybe(z.number()),
  gpu: maybe(z.object({ id: z.string() })),
  runtime: maybe(
    z.object({
      uptime: maybe(z.number()),
      gpus: maybe(z.array(z.object({ util: maybe(z.number()) }))),
    }),
  ),
  createdAt: maybe(z.string()),
});
export type Pod = z.infer<typeof podSchema>;

export const podListSchema = z.object({ pods: z.array(podSchema) });

export const volumeListSchema = z.object({
  networkVolumes: z.array(z.object({ id, name: z.string(), size: z.number(), dataCenter: id })),
});
export type RestVolume = z.infer<typeof volumeListSchema>['networkVolumes'][number];

export const gpuListSchema = z.object({
  gpus: z.array(
    z.object({
      id,
      name: z.string(),
      manufacturer: z.string(),
      /** GB. */
      memory: z.number(),
      secure: z.boolean(),
      price: z.object({ secure: maybe(z.number()) }),
      dataCenters: z.optional(z.array(z.object({ id: z.string(), availability: z.string() }))),
    }),
  ),
});
export type Gpu = z.infer<typeof gpuListSchema>['gpus'][number];
