import { resolve as resolvePath } from 'node:path';
import { TabpodError } from '../core/error.ts';
import type { Profile } from '../core/profile/schema.ts';
import type { DatasetRef } from '../core/spec/schema.ts';
import { profileInWorker } from '../data/worker.ts';
import type { ProfileOptions } from './tabpod.ts';

/** Profiles a dataset in a worker, wherever it is. */
export async function profileOf(ref: DatasetRef, options: ProfileOptions, version: string): Promise<Profile> {
  const { folder, signal, sampleBytes } = options;
  if ('key' in ref) throw new TabpodError('job/key-not-profiled', { key: ref.key });
  const source = 'path' in ref ? { path: resolvePath(folder, ref.path) } : { url: ref.url };
  const sample = sampleBytes === undefined ? {} : { sampleBytes };
  return await profileInWorker(source, { userAgent: `tabpod/${version}`, ...sample }, signal);
}
