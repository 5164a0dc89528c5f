import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../base/error.ts';
import { TabpodError } from '../core/error.ts';
import { fileSource } from './file-source.ts';
import { profileDataset } from './profile.ts';
import { urlSource } from './url-source.ts';
import { jobSchema, type WorkerAnswer, type WorkerJob } from './worker-messages.ts';

/** Bytes between two reports of progress. */
const STEP = 4 * 1024 * 1024;

function answer(message: WorkerAnswer): void {
  parentPort?.postMessage(message);
}

function sourceOf({ dataset }: WorkerJob) {
  return 'path' in dataset ? fileSource(dataset.path) : urlSource(dataset.url, { userAgent: dataset.userAgent });
}

async function run(job: WorkerJob): Promise<void> {
  let told = 0;
  const onProgress = (read: number, total: number | undefined) => {
    if (read >= told && read - told < STEP) return;
    told = read;
    answer({ type: 'progress', read, ...(total !== undefined && { total }) });
  };
  const { sampleBytes } = job;
  const source = await sourceOf(job);
  const profile = await profileDataset(source, { onProgress, ...(sampleBytes !== undefined && { sampleBytes }) });
  answer({ type: 'profile', profile });
}

try {
  await run(jobSchema.parse(workerData));
} catch (error) {
  if (error instanceof TabpodError) answer({ type: 'refused', code: error.code, facts: error.facts });
  else answer({ type: 'failed', detail: messageOf(error) });
}
