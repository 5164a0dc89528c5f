import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Backend } from '../ports.ts';
import { createAccount } from './account.ts';
import type { RunpodContext, RunpodSettings } from './context.ts';
import { createAccountQueries } from './graphql/account.ts';
import { createRestClient } from './rest/http.ts';
import { createMachines } from './rest/machines.ts';
import { createOffers } from './rest/offers.ts';
import { createNetworkVolumes } from './rest/volumes.ts';
import { createVolume } from './s3/volume.ts';

export interface RunpodOptions {
  readonly settings: RunpodSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Multiplies every wait; 1 outside tests. */
  readonly waitScale: number;
  /** Version of Tabpod, for the User-Agent. */
  readonly version: string;
  readonly fetch?: typeof fetch;
}

/** RunPod: pods through REST v2, files through S3, and what only GraphQL tells. Connects to nothing until it is used. */
export function createRunpodBackend(options: RunpodOptions): Backend {
  const context: RunpodContext = { ...options, fetch: options.fetch ?? fetch };
  const rest = createRestClient(context);
  const volumes = createNetworkVolumes(rest, context.settings.volumeId);
  const volume = createVolume(context, volumes.dataCenter);
  return {
    kind: 'runpod',
    volumeId: context.settings.volumeId,
    volume,
    machines: createMachines(context, rest, volumes),
    offers: createOffers(context, rest, volumes),
    account: createAccount(context, {
      rest,
      volumes,
      queries: createAccountQueries(context),
      checkStorage: volume.check,
    }),
  };
}
