import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, EDITORS } from '../../src/host/ids.ts';
import { previewUri } from '../../src/host/preview/uri.ts';
import { closeAll, customTab, freshFolder, home, penguins, until } from './world.ts';

/** Changes the text of an open document. */
async function replaceAll(document: vscode.TextDocument, text: string): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  const end = document.positionAt(document.getText().length);
  change.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  await vscode.workspace.applyEdit(change);
}

async function openForm(dataset: vscode.Uri): Promise<vscode.Uri> {
  await vscode.commands.executeCommand(COMMANDS.train, dataset);
  const tab = await until(vscode.window.tabGroups.onDidChangeTabs, () => customTab(EDITORS.form));
  return tab.uri;
}

describe('the form', () => {
  afterEach(closeAll);

  it('opens a draft over a dataset that has no spec', async () => {
    const dataset = penguins();
    const draft = await openForm(dataset);
    assert.equal(dirname(draft.fsPath), join(home(), 'drafts'));
    const spec = JSON.parse(readFileSync(draft.fsPath, 'utf8'));
    assert.deepEqual(spec, {
      version: 1,
      dataset: { path: dataset.fsPath },
      compute: { backend: 'local' },
    });
  });

  it('opens the spec beside a dataset when there is one', async () => {
    const dataset = penguins();
    const spec = join(dirname(dataset.fsPath), 'penguins.tabpod.json');
    writeFileSync(spec, JSON.stringify({ version: 1, dataset: { path: 'penguins.csv' }, target: 'species' }));
    assert.equal((await openForm(dataset)).fsPath, spec);
  });

  it('gives two drafts to two datasets of one name', async () => {
    const first = await openForm(penguins());
    await closeAll();
    assert.notEqual((await openForm(penguins())).fsPath, first.fsPath);
  });

  it('opens the draft of a dataset again', async () => {
    const dataset = penguins();
    const first = await openForm(dataset);
    await closeAll();
    assert.equal((await openForm(dataset)).fsPath, first.fsPath);
  });

  it('shows the script of the spec and follows the spec', async () => {
    const spec = await openForm(penguins());
    const document = await vscode.workspace.openTextDocument(spec);
    await vscode.commands.executeCommand(COMMANDS.preview, spec);
    const preview = await vscode.workspace.openTextDocument(previewUri(spec));
    const shows = (text: string) =>
      until(vscode.workspace.onDidChangeTextDocument, () => preview.getText().includes(text) || undefined);
    await shows('There is no script yet');
    await replaceAll(document, document.getText().replace('"compute"', '"target": "species", "compute"'));
    await shows('"target": "species"');
    await replaceAll(document, document.getText().replace('"species"', '"body_mass_g"'));
    await shows('"target": "body_mass_g"');
    // A draft saves itself, so that closing it asks nothing.
    const saved = () => readFileSync(spec.fsPath, 'utf8') === document.getText();
    await until(vscode.workspace.onDidSaveTextDocument, () => saved() || undefined);
    assert.equal(preview.languageId, 'python');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(preview.uri.scheme), false);
  });

  it('shows the script of a spec whose form is not open, as after a reload', async () => {
    const path = join(dirname(penguins().fsPath), 'later.tabpod.json');
    writeFileSync(path, JSON.stringify({ version: 1, dataset: { path: 'penguins.csv' }, target: 'island' }));
    const preview = await vscode.workspace.openTextDocument(previewUri(vscode.Uri.file(path)));
    await vscode.window.showTextDocument(preview);
    await until(
      vscode.workspace.onDidChangeTextDocument,
      () => preview.getText().includes('"target": "island"') || undefined,
    );
  });

  it('offers to submit, run and edit above the script', async () => {
    const spec = await openForm(penguins());
    await vscode.commands.executeCommand(COMMANDS.preview, spec);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      previewUri(spec),
    );
    assert.deepEqual(
      lenses.map(({ command }) => command?.title),
      ['Submit', 'Run Here', 'Edit'],
    );
  });

  it('checks the text of specs against their schema', async () => {
    const path = join(freshFolder(), 'odd.tabpod.json');
    writeFileSync(path, '{ "version": 1, "dataset": { "path": "a.csv" }, "target": "b", "taget": 1 }\n');
    const uri = vscode.Uri.file(path);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const [found] = await until(vscode.languages.onDidChangeDiagnostics, () => {
      const all = vscode.languages.getDiagnostics(uri);
      return all.length > 0 ? all : undefined;
    });
    assert.match(found?.message ?? '', /taget/);
  });
});
