import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../base/error.ts';
import { TabpodError } from '../core/error.ts';
import type { Profile } from '../core/profile/schema.ts';
import { answerSchema, restoredError, type WorkerJob } from './worker-messages.ts';

/** A dataset that this computer can read: an absolute path, or an http(s) address. */
export type ReadableRef = { readonly path: string } | { readonly url: string };

export interface WorkerOptions {
  /** For requests to a URL. */
  readonly userAgent: string;
  /** Stop after about this many bytes; left out, everything is read. */
  readonly sampleBytes?: number;
  /** Bytes read so far, and all there are when that is known. */
  onProgress?(read: number, total: number | undefined): void;
}

/**
 * Profiles a dataset in a thread of its own, so that the caller's stays responsive. Throws TabpodError as
 * `profileDataset` does, and the reason of `signal` when that aborts: the thread is ended at once.
 */
export async function profileInWorker(
  ref: ReadableRef,
  options: WorkerOptions,
  signal?: AbortSignal,
): Promise<Profile> {
  signal?.throwIfAborted();
  const { sampleBytes, userAgent } = options;
  const dataset = 'path' in ref ? { path: ref.path } : { url: ref.url, userAgent };
  const workerData: WorkerJob = { dataset, ...(sampleBytes !== undefined && { sampleBytes }) };
  const worker = new Worker(new URL('./profile-worker.js', import.meta.url), { workerData });
  const finished = new AbortController();
  try {
    return await new Promise<Profile>((resolve, reject) => {
      listen(worker, nameOf(ref), options, { resolve, reject });
      signal?.addEventListener('abort', () => reject(signal.reason), { signal: finished.signal });
    });
  } finally {
    finished.abort();
    await worker.terminate();
  }
}

/** For messages; an address may hold secrets, so it is not named. */
function nameOf(ref: ReadableRef): string {
  return 'path' in ref ? basename(ref.path) : 'the dataset';
}

interface Outcome {
  resolve(profile: Profile): void;
  reject(reason: unknown): void;
}

function listen(worker: Worker, name: string, options: WorkerOptions, { resolve, reject }: Outcome): void {
  const broken = (detail: string) => new TabpodError('data/worker', { name, detail });
  worker.on('error', (error) => reject(broken(messageOf(error))));
  worker.on('exit', (code) => reject(broken(`its thread ended with code ${code}`)));
  worker.on('message', (raw: unknown) => {
    const { data: answer } = answerSchema.safeParse(raw);
    switch (answer?.type) {
      case 'progress':
        options.onProgress?.(answer.read, answer.total);
        break;
      case 'profile':
        resolve(answer.profile);
        break;
      case 'refused':
        reject(restoredError(answer.code, answer.facts) ?? broken(answer.code));
        break;
      default:
        reject(broken(answer?.detail ?? 'its thread answered something unknown'));
    }
  });
}
