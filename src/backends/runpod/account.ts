import { TabpodError } from '../../core/error.ts';
import type { Account } from '../ports.ts';
import type { RunpodContext } from './context.ts';
import type { AccountQueries } from './graphql/account.ts';
import type { RestClient } from './rest/http.ts';
import { podListSchema } from './rest/schemas.ts';
import type { NetworkVolumes } from './rest/volumes.ts';

/** Data centres with the S3 endpoint in August 2026, for when RunPod does not tell. */
const S3_DATA_CENTERS: ReadonlySet<string> = new Set([
  'EU-CZ-1',
  'EU-RO-1',
  'EUR-IS-1',
  'EUR-NO-1',
  'US-CA-2',
  'US-GA-2',
  'US-IL-1',
  'US-KS-2',
  'US-MD-1',
  'US-MO-1',
  'US-MO-2',
  'US-NC-1',
  'US-NC-2',
  'US-NE-1',
  'US-WA-1',
]);

export interface AccountParts {
  readonly rest: RestClient;
  readonly volumes: NetworkVolumes;
  readonly queries: AccountQueries;
  /** Throws BackendError when the storage keys cannot be used on the volume. */
  checkStorage(): Promise<void>;
}

/** The connected account: does it work, which volumes has it, what is left. */
export function createAccount({ settings }: RunpodContext, parts: AccountParts): Account {
  return {
    async check() {
      const [volumes] = await Promise.all([parts.volumes.list(), parts.rest.read('/pods', podListSchema)]);
      if (settings.volumeId === '') return;
      if (!volumes.some(({ id }) => id === settings.volumeId)) {
        throw new TabpodError('account/no-volume', { volume: settings.volumeId });
      }
      await parts.checkStorage();
    },
    async volumes() {
      const [volumes, told] = await Promise.all([parts.volumes.list(), parts.queries.s3DataCenters()]);
      const withS3 = told ?? S3_DATA_CENTERS;
      return volumes.map(({ id, name, dataCenter, size }) => ({
        id,
        name,
        dataCenter,
        sizeGb: size,
        s3: withS3.has(dataCenter),
      }));
    },
    balance: () => parts.queries.balance(),
  };
}
