import * as z from 'zod/mini';

const times = z.int().check(z.gte(0));

/**
 * What goes wrong, as switches that tests flip at any moment. Numbers named "the next n" count down as they are used;
 * everything else stays until it is switched off.
 */
export const faultsSchema = z.strictObject({
  /** GPU ids without a free machine, whatever the catalogue says; `*` for all. */
  noCapacity: z.array(z.string()),
  noFunds: z.boolean(),
  /**
   * What becomes of the answer to a create: `lost` rents and cuts the connection, `stall-before` never answers and
   * rents nothing, `stall-after` rents and never answers, `garbled` rents and answers with something unreadable.
   */
  createReply: z.nullable(z.enum(['lost', 'stall-before', 'stall-after', 'garbled'])),
  /** Created pods cost this many times the catalogue's price. */
  createPriceFactor: z.number().check(z.gte(0)),
  /** Booting takes this many times longer. */
  bootFactor: z.number().check(z.gte(0)),
  neverBoots: z.boolean(),
  /** The next n reads of pods show `runtime: null`. */
  runtimeBlips: times,
  /** The next n API calls are answered 429. */
  rateLimited: times,
  retryAfterSeconds: times,
  /** The next n API calls are answered with this status and a proxy's HTML page. */
  gatewayErrors: times,
  gatewayStatus: z.enum(['502', '524']),
  /** Every key is answered 401. */
  badAuth: z.boolean(),
  /** `GET /pods` is answered 500. */
  listFails: z.boolean(),
  /** `GET /network-volumes` shows another account's volumes. */
  foreignAccount: z.boolean(),
  /** GraphQL is answered 410, as it will be from 2027 on. */
  graphqlGone: z.boolean(),
  /** Every write is answered 507. */
  s3Full: z.boolean(),
  /** The next n PutObject and UploadPart calls are answered 502. */
  s3GatewayErrors: times,
  /** The next n PutObject and UploadPart calls are never answered. */
  s3Stalls: times,
  /** PutObject and UploadPart are answered this many unscaled seconds late. */
  s3SlowSeconds: z.number().check(z.gte(0)),
  /** The next n Complete calls are answered 524 and the object appears later. */
  completeTimesOut: times,
  /** Unscaled seconds until it appears; -1 for never. */
  completeLateSeconds: z.number(),
  /** The next n HeadObject calls are answered 404. */
  headMissing: times,
  /** GetObject answers 200 with everything. */
  ignoreRange: z.boolean(),
  /** A file that something still writes keeps, over S3, the content of the first look. */
  frozenFiles: z.boolean(),
  /** Unscaled seconds after which S3 shows what a pod created or renamed into place. */
  lateRenameSeconds: z.number().check(z.gte(0)),
});

/** Mutable on purpose: a test holds the emulator's own object. */
export type Faults = z.infer<typeof faultsSchema>;

export function noFaults(): Faults {
  return {
    noCapacity: [],
    noFunds: false,
    createReply: null,
    createPriceFactor: 1,
    bootFactor: 1,
    neverBoots: false,
    runtimeBlips: 0,
    rateLimited: 0,
    retryAfterSeconds: 1,
    gatewayErrors: 0,
    gatewayStatus: '502',
    badAuth: false,
    listFails: false,
    foreignAccount: false,
    graphqlGone: false,
    s3Full: false,
    s3GatewayErrors: 0,
    s3Stalls: 0,
    s3SlowSeconds: 0,
    completeTimesOut: 0,
    completeLateSeconds: 20,
    headMissing: 0,
    ignoreRange: false,
    frozenFiles: false,
    lateRenameSeconds: 0,
  };
}

type Counter = { [K in keyof Faults]: Faults[K] extends number ? K : never }[keyof Faults];

/** Uses up one of "the next n". */
export function takes(faults: Faults, counter: Counter): boolean {
  if (faults[counter] <= 0) return false;
  faults[counter] -= 1;
  return true;
}
