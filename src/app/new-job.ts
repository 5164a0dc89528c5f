import { resolve as resolvePath } from 'node:path';
import type { ByteSource } from '../base/bytes.ts';
import { keys } from '../core/contract/keys.ts';
import { TabpodError } from '../core/error.ts';
import type { Submission } from '../core/job/events.ts';
import type { Profile } from '../core/profile/schema.ts';
import { renderPredict } from '../core/script/predict.ts';
import { bareAddress } from '../core/spec/address.ts';
import type { DatasetRef } from '../core/spec/schema.ts';
import { fileSource } from '../data/file-source.ts';
import { sha256Of } from '../data/sha256.ts';
import type { Cargo } from '../jobs/context.ts';
import { buildSubmission, type SubmissionContext } from './submission.ts';
import type { SubmitRequest } from './tabpod.ts';

/** A job that is ready to be recorded, and what only this process can give it. */
export interface NewJob {
  readonly submission: Submission;
  readonly cargo: Cargo;
}

export interface NewJobContext extends Omit<SubmissionContext, 'datasetSha256' | 'testDataset'> {
  /** The whole address of a dataset that the machine reads by itself. */
  readonly address: string | undefined;
}

/** Reads the dataset once more to be sure of what it holds, quotes the GPUs and fixes the submission. */
export async function newJob(request: SubmitRequest, context: NewJobContext): Promise<NewJob> {
  const abort = new AbortController();
  const dataset = await datasetSource(request.spec.dataset, request.folder);
  const datasetSha256 = dataset ? await sha256Of(dataset, abort.signal) : null;
  checkUnchanged(request.profile, datasetSha256);
  const test = request.spec.split?.kind === 'file' ? request.spec.split.test : undefined;
  const testDataset = test && (await datasetSource(test, request.folder));
  const submission = await buildSubmission(request, {
    ...context,
    datasetSha256,
    testDataset: testDataset && (await described(testDataset, abort.signal)),
  });
  return {
    submission,
    cargo: {
      dataset,
      testDataset,
      script: request.script,
      predict: renderPredict(request.plan),
      lock: context.lock,
      lineage: lineage(request, submission),
      datasetUrl: secretAddress(context.address),
      abort,
    },
  };
}

/** The plan was made for what was profiled, perhaps long ago. */
function checkUnchanged({ name, sha256 }: Profile, now: string | null): void {
  if (now !== null && sha256 !== undefined && sha256 !== now) throw new TabpodError('job/dataset-changed', { name });
}

async function datasetSource(ref: DatasetRef, folder: string): Promise<ByteSource | undefined> {
  return 'path' in ref ? await fileSource(resolvePath(folder, ref.path)) : undefined;
}

/** A dataset that was not profiled: its own bytes tell a script what it is, and its name serves people. */
async function described(source: ByteSource, signal: AbortSignal): Promise<Submission['dataset']> {
  const sha256 = await sha256Of(source, signal);
  const extension = /\.([a-z0-9]+(?:\.(?:gz|zst|zip))?)$/.exec(source.name.toLowerCase())?.[1] ?? 'data';
  return { name: source.name, sha256, key: keys.dataset(sha256, extension), bytes: source.size ?? null };
}

/** The address for the machine's environment, when it holds something that must not be stored. */
function secretAddress(address: string | undefined): string | undefined {
  return address === undefined || address === bareAddress(address) ? undefined : address;
}

function lineage({ plan, profile }: SubmitRequest, submission: Submission): object {
  const { id, spec, backend, dataset, testDataset, scriptSha256, runnerSha256, lockSha256, limits, image, tabpod } =
    submission;
  const seen = { rows: profile.rows, exact: profile.exact, columns: profile.columns.length };
  return {
    version: 1,
    id,
    backend,
    dataset,
    testDataset,
    scriptSha256,
    runnerSha256,
    lockSha256,
    limits,
    image,
    tabpod,
    profile: seen,
    spec,
    plan,
  };
}
