import * as vscode from 'vscode';
import type { Verdict } from '../spec/judge.ts';
import type { Lease, SpecRegistry } from '../spec/registry.ts';
import type { SpecSession } from '../spec/session.ts';
import { previewUri, specOfPreview } from './uri.ts';

export interface PreviewDeps {
  readonly registry: SpecRegistry;
  /** Tells the file system that a preview has another content. */
  changed(uri: vscode.Uri): void;
  word(code: 'host/no-script-yet', facts: { reason: string }): string;
}

interface Open {
  readonly lease: Lease;
  readonly listener: vscode.Disposable;
  /** A script to show until the spec changes: that of *Run Here* for a spec made for RunPod. */
  other: { readonly script: string; readonly of: Verdict } | undefined;
}

/** The scripts of open specs as read-only files. A preview follows its spec for as long as its tab is open. */
export class Previews {
  readonly #deps: PreviewDeps;
  readonly #open = new Map<string, Open>();
  readonly #listener: vscode.Disposable;

  constructor(deps: PreviewDeps) {
    this.#deps = deps;
    this.#listener = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri));
  }

  /** The content of a preview's file. */
  async read(uri: vscode.Uri): Promise<string> {
    const spec = specOfPreview(uri);
    if (!spec) throw vscode.FileSystemError.FileNotFound(uri);
    const open = await this.#follow(uri, spec);
    return this.#content(open);
  }

  /** Shows the script of a spec beside its form; `script` shows another one than the spec's own. */
  async show(session: SpecSession, script?: string): Promise<void> {
    const uri = previewUri(session.document.uri);
    const open = await this.#follow(uri, session.document.uri);
    open.other = script === undefined ? undefined : { script, of: session.verdict };
    this.#deps.changed(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.Beside;
    await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true, preview: false });
  }

  /** Whether exactly this script is on the screen now. */
  isShown(spec: vscode.Uri, script: string): boolean {
    const key = previewUri(spec).toString();
    return vscode.window.visibleTextEditors.some(
      ({ document }) => document.uri.toString() === key && document.getText() === script,
    );
  }

  async #follow(uri: vscode.Uri, spec: vscode.Uri): Promise<Open> {
    const key = uri.toString();
    const known = this.#open.get(key);
    if (known) return known;
    const lease = await this.#deps.registry.open(spec);
    const listener = lease.session.onDidDerive(() => this.#deps.changed(uri));
    const open: Open = { lease, listener, other: undefined };
    this.#open.set(key, open);
    return open;
  }

  #content({ lease: { session }, other }: Open): string {
    if (other?.of === session.verdict) return other.script;
    const { ready, problems } = session.verdict;
    if (ready) return ready.script;
    const { reading } = session;
    const reason =
      problems[0]?.text ?? (reading.state === 'failed' ? reading.text : vscode.l10n.t('the dataset is being read.'));
    return `# ${this.#deps.word('host/no-script-yet', { reason }).replaceAll(/\s+/g, ' ')}\n`;
  }

  #close(uri: vscode.Uri): void {
    const key = uri.toString();
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    open.listener.dispose();
    open.lease.dispose();
  }

  dispose(): void {
    this.#listener.dispose();
    for (const { lease, listener } of this.#open.values()) {
      listener.dispose();
      lease.dispose();
    }
    this.#open.clear();
  }
}

/** Opens a copy of a preview that the user may change and keep. */
export async function editCopy(uri: vscode.Uri): Promise<void> {
  const preview = await vscode.workspace.openTextDocument(uri);
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: preview.getText() });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Active, preview: false });
}
