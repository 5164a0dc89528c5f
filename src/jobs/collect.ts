import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Volume } from '../backends/ports.ts';
import { keys } from '../core/contract/keys.ts';
import type { FinalStatus } from '../core/contract/status.ts';
import { TabpodError } from '../core/error.ts';
import type { ModelId } from '../core/model-id.ts';
import { METRICS_MAX_BYTES } from '../core/report/schema.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Kept in the ledger of every job; models and predictions stay on the volume until they are asked for. */
const KEPT = ['metrics.json', 'train.log'];

/** Brings the small results home; resolves to the names that are here, each with the size and hash the runner named. */
export async function collect(id: ModelId, final: FinalStatus, volume: Volume, ledger: Ledger): Promise<string[]> {
  if (final.outcome === 'succeeded' && !final.files['metrics.json']) {
    throw new TabpodError('job/no-metrics', { id });
  }
  const names = KEPT.filter((name) => final.files[name]);
  for (const name of names) await fetchFile(id, name, final, volume, ledger.path(id, name));
  return names;
}

/** Fetches every result file of a job into a folder. */
export async function downloadAll(id: ModelId, final: FinalStatus, volume: Volume, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = Object.keys(final.files).sort();
  for (const name of names) await fetchFile(id, name, final, volume, join(folder, name));
  return names;
}

/** Names come from the status schema, which lets no path through. */
async function fetchFile(id: ModelId, name: string, final: FinalStatus, volume: Volume, path: string): Promise<void> {
  const expected = final.files[name];
  if (name === 'metrics.json' && (expected?.bytes ?? 0) > METRICS_MAX_BYTES)
    throw new TabpodError('job/damaged', { name });
  const got = await volume.download(keys.inRun(id, name), path);
  if (got?.bytes === expected?.bytes && got?.sha256 === expected?.sha256) return;
  await rm(path, { force: true });
  throw new TabpodError('job/damaged', { name });
}
