import { createHash } from 'node:crypto';
import { explainAny } from '../backends/explain.ts';
import type { Volume } from '../backends/ports.ts';
import { type ByteSource, bytesOf } from '../base/bytes.ts';
import { keys } from '../core/contract/keys.ts';
import { TabpodError } from '../core/error.ts';
import type { Submission } from '../core/job/events.ts';
import { withoutStop } from '../core/job/failure.ts';
import type { Cargo } from './context.ts';

/** Puts everything a job reads on the volume, content that lies there already excepted. */
export async function stage(
  submission: Submission,
  cargo: Cargo,
  runner: string,
  volume: Volume,
  onProgress: (share: number) => void,
): Promise<void> {
  const { signal } = cargo.abort;
  const { dataset, testDataset } = submission;
  await stageDataset(dataset, cargo.dataset, volume, signal, onProgress);
  if (testDataset) await stageDataset(testDataset, cargo.testDataset, volume, signal, () => undefined);
  const { id, runnerSha256, lockSha256 } = submission;
  const texts: readonly [string, string][] = [
    [keys.runner(runnerSha256), runner],
    ...(lockSha256 === undefined ? [] : [[keys.lock(lockSha256), cargo.lock] as [string, string]]),
    [keys.inRun(id, 'predict.py'), cargo.predict],
    [keys.job(id), `${JSON.stringify(cargo.lineage, null, 2)}\n`],
  ];
  await putScript(volume, keys.script(id), cargo.script, signal);
  for (const [key, text] of texts) {
    signal.throwIfAborted();
    await putText(volume, key, text, signal);
  }
}

async function putScript(volume: Volume, key: string, script: string, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted();
    await putText(volume, key, script, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new TabpodError('job/upload-failed', { detail: withoutStop(explainAny(error)) }, { cause: error });
  }
}

async function putText(volume: Volume, key: string, text: string, signal: AbortSignal): Promise<void> {
  const source = bytesOf(key, text);
  if (/^(?:runners|locks)\//.test(key) && (await lies(volume, key, text))) return;
  await volume.put(key, source, { signal });
}

/** Runners and locks are shared and named by their content: one that was damaged would fail every job to come. */
async function lies(volume: Volume, key: string, text: string): Promise<boolean> {
  const bytes = Buffer.byteLength(text);
  if ((await volume.head(key))?.bytes !== bytes) return false;
  const there = await volume.read(key, bytes);
  return there !== undefined && Buffer.from(text).equals(there);
}

async function stageDataset(
  dataset: Submission['dataset'],
  source: ByteSource | undefined,
  volume: Volume,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  if (!source || dataset.sha256 === null || dataset.key === null) return;
  const sidecar = keys.datasetComplete(dataset.sha256);
  const bytes = source.size ?? dataset.bytes ?? 0;
  if (await volume.head(sidecar)) {
    if ((await volume.head(dataset.key))?.bytes === bytes) return onProgress(1);
  }
  await volume.put(dataset.key, source, { signal, onProgress: (sent) => onProgress(bytes ? sent / bytes : 1) });
  signal.throwIfAborted();
  if ((await volume.head(dataset.key))?.bytes !== bytes) {
    throw new TabpodError('job/upload-incomplete', { name: dataset.name });
  }
  const note = { version: 1, bytes, sha256: dataset.sha256, name: dataset.name };
  await volume.put(sidecar, bytesOf('complete.json', JSON.stringify(note)), { signal });
}

/** SHA-256 of a text as UTF-8, in hexadecimal. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
