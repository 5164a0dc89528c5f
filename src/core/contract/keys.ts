import type { ModelId } from '../model-id.ts';

/** Keys on the volume. All of them are `[A-Za-z0-9._/-]+`; none starts with a slash. */
export const keys = {
  dataset: (sha256: string, extension: string) => `datasets/${sha256}/data.${extension}`,
  /** Written after the dataset's size was verified. Not there = the dataset is not there. */
  datasetComplete: (sha256: string) => `datasets/${sha256}/complete.json`,
  runner: (sha256: string) => `runners/${sha256}.py`,
  lock: (sha256: string) => `locks/${sha256}.txt`,
  script: (id: ModelId) => `training_scripts/${id}_train.py`,
  run: (id: ModelId) => `models/${id}`,
  inRun: (id: ModelId, file: string) => `models/${id}/${file}`,
  metrics: (id: ModelId) => `models/${id}/metrics.json`,
  status: (id: ModelId) => `models/${id}/status.json`,
  control: (id: ModelId) => `models/${id}/control.json`,
  job: (id: ModelId) => `models/${id}/job.json`,
  logChunk: (id: ModelId, chunk: number) => `models/${id}/log/${String(chunk).padStart(8, '0')}.txt`,
  progressChunk: (id: ModelId, chunk: number) => `models/${id}/progress/${String(chunk).padStart(8, '0')}.jsonl`,
} as const;

/** What an artefact may be called. Anything else from a volume is refused. */
export const ARTEFACT_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;
