import type { MachineRequest } from '../backends/ports.ts';
import { keys } from '../core/contract/keys.ts';
import { limitSeconds } from '../core/job/cost.ts';
import type { JobState } from '../core/job/state.ts';

/** Past the soft limit the runner saves for up to a minute and ends its machine; the guard waits this much longer. */
const HARD_AFTER_SOFT_S = 600;

/** The machine a job wants, told everything it needs to run alone. */
export function machineRequest(
  job: JobState,
  name: string,
  gpu: string | null,
  datasetUrl: string | undefined,
  waitScale: number,
): MachineRequest {
  const { submission } = job;
  const { id, dataset, testDataset } = submission;
  const price = submission.quotes.find((quote) => quote.gpu === gpu)?.pricePerHour ?? null;
  const softLimit = limitSeconds(submission.limits, price);
  return {
    name,
    gpu,
    gpuCount: submission.gpuCount,
    image: submission.image,
    diskGb: submission.diskGb,
    environment: {
      TABPOD_MODEL_ID: id,
      TABPOD_OWNER: submission.owner,
      TABPOD_BACKEND: submission.backend,
      TABPOD_SOFT_LIMIT_S: String(softLimit),
      TABPOD_HARD_LIMIT_S: String(softLimit + HARD_AFTER_SOFT_S),
      TABPOD_EXPECT: JSON.stringify({
        runner: submission.runnerSha256,
        script: submission.scriptSha256,
        dataset: dataset.key === null ? null : dataset.sha256,
        test: testDataset?.sha256,
        lock: submission.lockSha256,
      }),
      TABPOD_WAIT_SCALE: String(waitScale),
      ...(dataset.key === null ? { TABPOD_DATASET: '' } : {}),
      ...(datasetUrl === undefined ? {} : { TABPOD_DATASET_URL: datasetUrl }),
    },
    paths: {
      TABPOD_RUN: keys.run(id),
      TABPOD_RUNNER: keys.runner(submission.runnerSha256),
      TABPOD_SCRIPT: keys.script(id),
      ...(submission.lockSha256 === undefined ? {} : { TABPOD_LOCK: keys.lock(submission.lockSha256) }),
      ...(dataset.key === null ? {} : { TABPOD_DATASET: dataset.key }),
      ...(testDataset?.key ? { TABPOD_TEST_DATASET: testDataset.key } : {}),
    },
  };
}
