import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../../src/host/ids.ts';

describe('the extension', () => {
  before(async () => {
    await vscode.extensions.getExtension('tabpod.tabpod')?.activate();
  });

  it('registers every command', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = Object.values(COMMANDS).filter((id) => !known.has(id));
    assert.deepEqual(missing, []);
  });

  it('shows its views', async () => {
    for (const view of Object.values(VIEWS)) await vscode.commands.executeCommand(`${view}.focus`);
  });

  it('refuses to write to its file system', async () => {
    const uri = vscode.Uri.parse('tabpod:/jobs/none/train.log');
    assert.equal(vscode.workspace.fs.isWritableFileSystem('tabpod'), false);
    await assert.rejects(async () => await vscode.workspace.fs.writeFile(uri, new Uint8Array()));
  });

  it('says that a job it does not know is not there', async () => {
    const id = 'model_none_xgboost_regression_20260101_000000_0000';
    await assert.rejects(
      async () => await vscode.workspace.fs.readFile(vscode.Uri.parse(`tabpod:/jobs/${id}/script.py`)),
    );
    await assert.rejects(
      async () => await vscode.workspace.fs.readFile(vscode.Uri.parse('tabpod:/jobs/../../etc/passwd')),
    );
  });
});
