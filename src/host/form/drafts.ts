import { mkdir, open, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import * as vscode from 'vscode';
import { systemCode } from '../../base/error.ts';
import { TabpodError } from '../../core/error.ts';
import { slug } from '../../core/model-id.ts';
import { tableStem } from '../../core/profile/formats.ts';
import type { DatasetRef } from '../../core/spec/schema.ts';
import { shapeOf } from '../spec/shape.ts';

const SUFFIX = '.tabpod.json';
/** Drafts of one dataset beside each other; more than anybody keeps. */
const MAX_DRAFTS = 1000;

/** The spec beside a dataset: `penguins.csv` or `penguins.csv.gz` → `penguins.tabpod.json`, if there is one. */
export async function specBeside(dataset: vscode.Uri): Promise<vscode.Uri | undefined> {
  const stem = tableStem(basename(dataset.path));
  const candidate = vscode.Uri.joinPath(dataset, '..', `${stem}${SUFFIX}`);
  try {
    await vscode.workspace.fs.stat(candidate);
    return candidate;
  } catch {
    return undefined;
  }
}

/**
 * The draft of a dataset: the one there is, else a new one with nothing chosen yet. Its dataset's path is absolute.
 */
export async function draftOf(folder: string, dataset: DatasetRef, backend: 'local' | 'runpod'): Promise<vscode.Uri> {
  const named = 'path' in dataset ? dataset.path : 'url' in dataset ? new URL(dataset.url).pathname : dataset.key;
  const spec = { version: 1, dataset, compute: { backend } };
  await mkdir(folder, { recursive: true });
  const stem = slug(basename(named));
  for (let number = 1; number <= MAX_DRAFTS; number += 1) {
    const path = join(folder, `${stem}${number > 1 ? `-${number}` : ''}${SUFFIX}`);
    const created = await createFile(path, `${JSON.stringify(spec, null, 2)}\n`);
    if (created || (await isAbout(path, dataset))) return vscode.Uri.file(path);
  }
  throw new TabpodError('host/spec-exists', { path: folder });
}

async function isAbout(path: string, dataset: DatasetRef): Promise<boolean> {
  const { spec } = shapeOf(await readFile(path, 'utf8'), path);
  return JSON.stringify(spec?.dataset) === JSON.stringify(dataset);
}

async function createFile(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Where *Save to Workspace…* proposes to put a draft: beside the dataset, under its name. */
export function proposedPlace(draft: vscode.Uri, dataset: DatasetRef | undefined): vscode.Uri | undefined {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = basename(draft.path).replace(/-\d+(?=\.tabpod\.json$)/, '');
  if (dataset && 'path' in dataset) {
    const stem = tableStem(basename(dataset.path));
    return vscode.Uri.file(join(dirname(dataset.path), `${stem}${SUFFIX}`));
  }
  return root && vscode.Uri.joinPath(root, name);
}

/** A dataset's path as a spec at `spec` writes it: relative, with slashes, when both lie on one disk. */
export function pathFrom(spec: string, dataset: string): string {
  const inside = relative(dirname(spec), dataset);
  return inside === '' ? dataset : inside.replaceAll('\\', '/');
}
