import { TabpodError } from '../../../core/error.ts';
import type { RestClient } from './http.ts';
import { type RestVolume, volumeListSchema } from './schemas.ts';

/** The network volumes of the account, and where ours is. */
export interface NetworkVolumes {
  list(): Promise<readonly RestVolume[]>;
  /** The data centre of our volume, such as `EU-RO-1`; asked once. Throws TabpodError `account/no-volume`. */
  dataCenter(): Promise<string>;
}

export function createNetworkVolumes(rest: RestClient, volumeId: string): NetworkVolumes {
  let known: Promise<string> | undefined;
  const list = async () => (await rest.read('/network-volumes', volumeListSchema)).networkVolumes;
  const look = async () => {
    const ours = (await list()).find(({ id }) => id === volumeId);
    if (!ours) throw new TabpodError('account/no-volume', { volume: volumeId });
    return ours.dataCenter;
  };
  return {
    list,
    dataCenter: () => {
      known ??= look().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}
