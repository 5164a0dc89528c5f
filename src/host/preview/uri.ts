import { basename } from 'node:path';
import * as vscode from 'vscode';
import { SCHEME } from '../ids.ts';

const FOLDER = '/preview/';

/** Address of the script of a spec. The spec travels in the query, so that the tab survives a reload of the window. */
export function previewUri(spec: vscode.Uri): vscode.Uri {
  const name = basename(spec.path).replace(/\.tabpod\.json$/, '');
  return vscode.Uri.from({ scheme: SCHEME, path: `${FOLDER}${name}_train.py`, query: spec.toString() });
}

/** The spec of a preview; `undefined` for any other address. */
export function specOfPreview(uri: vscode.Uri): vscode.Uri | undefined {
  if (uri.scheme !== SCHEME || !uri.path.startsWith(FOLDER) || uri.query === '') return undefined;
  return vscode.Uri.parse(uri.query, true);
}
