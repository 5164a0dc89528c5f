import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/** The account, volume and addresses one backend works with. */
export interface RunpodSettings {
  readonly apiKey: string;
  readonly s3AccessKey: string;
  readonly s3SecretKey: string;
  readonly volumeId: string;
  /** Base of REST v2, such as `https://api.runpod.io/v2`. */
  readonly restUrl: string;
  /** The GraphQL endpoint, such as `https://api.runpod.io/graphql`. */
  readonly graphqlUrl: string;
  /** Overrides `https://s3api-<data centre>.runpod.io`. */
  readonly s3Url: string | undefined;
  readonly image: string;
  /** Where pods see the volume. */
  readonly mountPath: string;
  readonly diskGb: number;
}

/** What every part of the adapter works with. */
export interface RunpodContext {
  readonly settings: RunpodSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Multiplies every wait; 1 outside tests. Time limits on the network are not scaled. */
  readonly waitScale: number;
  readonly version: string;
  readonly fetch: typeof fetch;
}

/** Cloudflare refuses the default User-Agents of libraries (403, error code 1010), so ours is always sent. */
export function userAgent(version: string): string {
  return `tabpod/${version}`;
}
