import * as vscode from 'vscode';
import type { Settings } from '../app/platform.ts';
import { type Environment, settingsFromEnvironment } from '../app/settings-from-environment.ts';
import type { AccountStore, StoredAccount } from './account/store.ts';
import { setting } from './home.ts';
import { SETTINGS, type SettingId } from './ids.ts';
import type { AddressStore } from './spec/addresses.ts';

function maximum(id: SettingId): number {
  const value = vscode.workspace.getConfiguration().get<unknown>(id);
  return typeof value === 'number' && value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** The most that a job may ask for, whatever a spec says. */
export function userMaximum(): { hours: number; usd: number } {
  return { hours: maximum(SETTINGS.maximumHours), usd: maximum(SETTINGS.maximumUsd) };
}

/** The settings of the platform: the editor's own, the connected account, and the environment for what is left. */
export function hostSettings(accounts: AccountStore, addresses: AddressStore): Settings {
  return {
    runpod: async () => {
      const account = await accounts.read();
      // A connected account replaces the environment's as a whole: keys of two accounts never mix.
      const keys = account && accountVariables(account);
      return await settingsFromEnvironment({ ...process.env, ...configured(), ...keys }).runpod();
    },
    datasetAddress: async (bare) =>
      (await addresses.read(bare)) ?? (await settingsFromEnvironment(process.env).datasetAddress(bare)),
    python: () => setting(SETTINGS.python) ?? settingsFromEnvironment(process.env).python(),
  };
}

/** The editor's settings under the names of the environment variables they stand before. */
export function configured(): Environment {
  const values = {
    TABPOD_RUNPOD_REST_URL: setting(SETTINGS.restUrl),
    TABPOD_RUNPOD_GRAPHQL_URL: setting(SETTINGS.graphqlUrl),
    TABPOD_S3_URL: setting(SETTINGS.s3Url),
    TABPOD_IMAGE: setting(SETTINGS.image),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** An account under the names of the environment variables it stands before. */
export function accountVariables(account: StoredAccount): Environment {
  return {
    TABPOD_RUNPOD_API_KEY: account.apiKey,
    TABPOD_S3_ACCESS_KEY: account.s3AccessKey,
    TABPOD_S3_SECRET_KEY: account.s3SecretKey,
    TABPOD_NETWORK_VOLUME: account.volumeId,
  };
}
