import * as vscode from 'vscode';
import { COMMANDS, SCHEME } from '../ids.ts';
import { specOfPreview } from './uri.ts';

/** *Submit · Run Here · Edit* above the first line of a preview. */
export class PreviewLenses implements vscode.CodeLensProvider {
  static readonly selector: vscode.DocumentFilter = { scheme: SCHEME, pattern: '/preview/*' };

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const spec = specOfPreview(uri);
    if (!spec) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    return [
      { command: COMMANDS.submit, title: vscode.l10n.t('Submit'), arguments: [spec] },
      { command: COMMANDS.runHere, title: vscode.l10n.t('Run Here'), arguments: [spec] },
      { command: COMMANDS.editScript, title: vscode.l10n.t('Edit'), arguments: [uri] },
    ].map((command) => new vscode.CodeLens(top, command));
  }
}
