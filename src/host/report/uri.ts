import { parse } from 'node:path';
import * as vscode from 'vscode';
import type { JobView } from '../../app/tabpod.ts';
import { type ModelId, modelIdSchema } from '../../core/model-id.ts';
import { SCHEME } from '../ids.ts';

/** What of a job can be opened as a file. */
export type JobFile = 'script.py' | 'train.log' | 'metrics.json';

export function jobFileUri(id: ModelId, file: JobFile): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/jobs/${id}/${file}` });
}

/** A report's address; its last part is the name of the tab. */
export function reportUri({ id, state: { submission } }: JobView): vscode.Uri {
  const stem = parse(submission.dataset.name).name.replaceAll('/', '_');
  return vscode.Uri.from({ scheme: SCHEME, path: `/jobs/${id}/${stem || 'job'}.report` });
}

/** The job and the file of an address below `tabpod:/jobs`; `undefined` for any other. */
export function parseJobUri(uri: vscode.Uri): { id: ModelId; file: string } | undefined {
  const [, folder, job, file] = uri.path.split('/');
  const id = modelIdSchema.safeParse(job).data;
  return uri.scheme === SCHEME && folder === 'jobs' && id && file ? { id, file } : undefined;
}
