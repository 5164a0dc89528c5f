import { resolve as resolvePath } from 'node:path';
import { TabpodError } from '../core/error.ts';
import type { Profile } from '../core/profile/schema.ts';
import { bareAddress } from '../core/spec/address.ts';
import type { DatasetRef } from '../core/spec/schema.ts';
import { profileInWorker } from '../data/worker.ts';
import type { Platform, Settings } from './platform.ts';
import type { ProfileOptions } from './tabpod.ts';

/** The address to read a dataset from: the whole one where the platform keeps it, else as the spec has it. */
export async function wholeAddress(url: string, settings: Settings): Promise<string> {
  return (await settings.datasetAddress(bareAddress(url))) ?? url;
}

/** Profiles a dataset in a worker, wherever it is. */
export async function profileOf(
  ref: DatasetRef,
  options: ProfileOptions,
  { settings, version }: Pick<Platform, 'settings' | 'version'>,
): Promise<Profile> {
  const { folder, signal, sampleBytes } = options;
  if ('key' in ref) throw new TabpodError('job/key-not-profiled', { key: ref.key });
  const source =
    'path' in ref ? { path: resolvePath(folder, ref.path) } : { url: await wholeAddress(ref.url, settings) };
  const sample = sampleBytes === undefined ? {} : { sampleBytes };
  return await profileInWorker(source, { userAgent: `tabpod/${version}`, ...sample }, signal);
}
