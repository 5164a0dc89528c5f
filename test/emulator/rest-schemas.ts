import * as z from 'zod/mini';

// What REST v2 takes, *documented* in its OpenAPI document and as strict: an unknown field is a 422.

const text = z.string().check(z.minLength(1));
const cudaVersion = z.string().check(z.regex(/^\d+\.\d+$/));

export const createPodSchema = z.strictObject({
  name: text,
  image: text,
  args: z.optional(z.string()),
  disk: z.optional(z.int().check(z.gte(1))),
  env: z.optional(z.record(z.string(), z.string())),
  ports: z.optional(z.array(z.string())),
  registry: z.optional(z.nullable(z.string())),
  cloud: z.optional(z.enum(['SECURE', 'COMMUNITY'])),
  gpu: z.strictObject({
    id: text,
    count: z.optional(z.int().check(z.gte(1))),
    allowedCudaVersions: z.optional(z.array(cudaVersion)),
    minCudaVersion: z.optional(cudaVersion),
  }),
  dataCenterIds: z.optional(z.array(z.string())),
  mounts: z.optional(
    z.strictObject({
      network: z.optional(z.array(z.strictObject({ volumeId: z.string(), path: z.string() })).check(z.maxLength(1))),
    }),
  ),
  globalNetworking: z.optional(z.boolean()),
  startSsh: z.optional(z.boolean()),
  startJupyter: z.optional(z.boolean()),
});
export type CreatePod = z.infer<typeof createPodSchema>;

export const actionSchema = z.strictObject({ action: z.enum(['start', 'stop', 'restart', 'terminate']) });

/** Violations worded as RunPod words them: `$.gpu: additional properties 'x' not allowed`. */
export function violations(error: z.core.$ZodError): string[] {
  return error.issues.map((issue) => {
    const path = ['$', ...issue.path.map(String)].join('.');
    if (issue.code !== 'unrecognized_keys') return `${path}: ${issue.message}`;
    return `${path}: additional properties ${issue.keys.map((key) => `'${key}'`).join(', ')} not allowed`;
  });
}
