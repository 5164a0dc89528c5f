import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** Root of the extension, which is the repository. */
export function root(): string {
  const extension = vscode.extensions.getExtension('tabpod.tabpod');
  if (!extension) throw new Error('the extension is not there');
  return extension.extensionPath;
}

/** The Tabpod home of this run, made for it alone. */
export function home(): string {
  const folder = process.env.TABPOD_HOME;
  if (!folder) throw new Error('these tests need a TABPOD_HOME of their own');
  return folder;
}

/** A fresh folder of the workspace. */
export function freshFolder(): string {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  if (!workspace) throw new Error('these tests need a workspace');
  return mkdtempSync(join(workspace.uri.fsPath, 'case-'));
}

/** A copy of the sample dataset in a folder of its own. */
export function penguins(): vscode.Uri {
  const path = join(freshFolder(), 'penguins.csv');
  copyFileSync(join(root(), 'samples', 'penguins.csv'), path);
  return vscode.Uri.file(path);
}

/** Resolves once `holds` gives something, asked at once and after each event. */
export function until<T>(event: vscode.Event<unknown>, holds: () => T | undefined): Promise<T> {
  return new Promise((done) => {
    const look = () => {
      const value = holds();
      if (value === undefined) return;
      listener.dispose();
      done(value);
    };
    const listener = event(look);
    look();
  });
}

/** The tab that shows a custom editor of this type. */
export function customTab(viewType: string): vscode.TabInputCustom | undefined {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  return inputs.find((input) => input instanceof vscode.TabInputCustom && input.viewType === viewType) as
    | vscode.TabInputCustom
    | undefined;
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
