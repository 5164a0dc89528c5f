import assert from 'node:assert/strict';
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, EDITORS } from '../../src/host/ids.ts';
import { previewUri } from '../../src/host/preview/uri.ts';
import { closeAll, customTab, home, penguins, until } from './world.ts';

/** Resolves when no job is live any more. */
function settled(): Promise<void> {
  const live = join(home(), 'live');
  return new Promise((done) => {
    const look = () => {
      if (readdirSync(live).length > 0) return;
      watcher.close();
      done();
    };
    const watcher = watch(live, look);
    look();
  });
}

async function text(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

describe('a job on this computer', function () {
  // The first job builds the Python environment of the script.
  this.timeout(300_000);
  let id: string;
  let script: string;

  before(async () => {
    await vscode.commands.executeCommand(COMMANDS.train, penguins());
    const { uri: spec } = await until(vscode.window.tabGroups.onDidChangeTabs, () => customTab(EDITORS.form));
    const document = await vscode.workspace.openTextDocument(spec);
    const change = new vscode.WorkspaceEdit();
    change.insert(spec, document.positionAt(document.getText().indexOf('"compute"')), '"target": "species", ');
    await vscode.workspace.applyEdit(change);
    await vscode.commands.executeCommand(COMMANDS.preview, spec);
    const preview = await vscode.workspace.openTextDocument(previewUri(spec));
    script = await until(vscode.workspace.onDidChangeTextDocument, () => {
      const shown = preview.getText();
      return shown.includes('"target": "species"') ? shown : undefined;
    });
    await vscode.commands.executeCommand(COMMANDS.runHere, spec);
    [id = ''] = readdirSync(join(home(), 'jobs')).filter((name) => name.startsWith('model_penguins'));
    await settled();
  });

  after(closeAll);

  it('runs exactly the script that was shown', async () => {
    assert.equal(await text(vscode.Uri.parse(`tabpod:/jobs/${id}/script.py`)), script);
  });

  it('hands back a report and a log', async () => {
    const report = JSON.parse(await text(vscode.Uri.parse(`tabpod:/jobs/${id}/metrics.json`)));
    assert.equal(report.target.name, 'species');
    assert.ok(report.headline.value > report.headline.baseline, 'the model beats the baseline');
    assert.notEqual(await text(vscode.Uri.parse(`tabpod:/jobs/${id}/train.log`)), '');
  });

  it('opens its report as an editor', async () => {
    await vscode.commands.executeCommand(COMMANDS.jobReport, id);
    const tab = await until(vscode.window.tabGroups.onDidChangeTabs, () => customTab(EDITORS.report));
    assert.equal(tab.uri.path, `/jobs/${id}/penguins.report`);
  });

  it('leaves no live job', () => {
    assert.ok(existsSync(join(home(), 'live')));
    assert.deepEqual(readdirSync(join(home(), 'live')), []);
  });
});
