import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Tabpod } from '../../app/tabpod.ts';
import { messageOf, systemCode } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import type { ModelId } from '../../core/model-id.ts';
import { reportToHostSchema } from '../../protocol/report.ts';
import { COMMANDS } from '../ids.ts';
import { showPage } from '../webview-html.ts';
import { jobFileUri, parseJobUri } from './uri.ts';
import { type ReportFacts, reportView } from './view.ts';

export interface ReportDeps {
  readonly extension: vscode.Uri;
  readonly tabpod: Pick<Tabpod, 'jobs'>;
  /** Where result files are fetched to, one folder a job. */
  readonly results: string;
  readonly log: Log;
  explain(error: unknown): string;
}

const FILES = { log: 'train.log', script: 'script.py', metrics: 'metrics.json' } as const;

/** The report of a job as a read-only editor; it follows a live job. */
export class ReportEditor implements vscode.CustomReadonlyEditorProvider {
  readonly #deps: ReportDeps;

  constructor(deps: ReportDeps) {
    this.#deps = deps;
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, { webview, onDidDispose }: vscode.WebviewPanel): void {
    const { extension, tabpod, log, explain } = this.#deps;
    const id = parseJobUri(uri)?.id;
    if (!id) throw vscode.FileSystemError.FileNotFound(uri);
    const show = async () => {
      try {
        await webview.postMessage(reportView(await this.#facts(id)));
      } catch (error) {
        log.error(`report of ${id}: ${explain(error)}`);
      }
    };
    const listeners = [
      tabpod.jobs.onDidChange((changed) => {
        if (changed === id) void show();
      }),
      webview.onDidReceiveMessage((message: unknown) => void this.#receive(message, id, show)),
    ];
    onDidDispose(() => {
      for (const listener of listeners) listener.dispose();
    });
    showPage(webview, extension, 'report');
  }

  async #receive(data: unknown, id: ModelId, show: () => Promise<void>): Promise<void> {
    const message = reportToHostSchema.safeParse(data).data;
    switch (message?.type) {
      case 'ready':
        return await show();
      case 'open':
        await vscode.window.showTextDocument(jobFileUri(id, FILES[message.what]), { preview: false });
        return;
      case 'stop':
        await vscode.commands.executeCommand(COMMANDS.jobStop, id);
        return;
      case 'reveal':
        await this.#reveal(id, message.file).catch((error: unknown) =>
          vscode.window.showErrorMessage(this.#deps.explain(error)),
        );
        return await show();
      case undefined:
        this.#deps.log.warn('the report sent a message that does not fit');
    }
  }

  async #facts(id: ModelId): Promise<ReportFacts> {
    const { tabpod, explain } = this.#deps;
    const job = await tabpod.jobs.get(id);
    const log = await tabpod.jobs.log(id).catch(messageOf);
    const here = new Set(await this.#here(id));
    if (!job.state.outcome) return { job, log, here, report: undefined, missing: undefined };
    try {
      return { job, log, here, report: await tabpod.jobs.report(id), missing: undefined };
    } catch (error) {
      return { job, log, here, report: undefined, missing: explain(error) };
    }
  }

  async #here(id: ModelId): Promise<readonly string[]> {
    try {
      return await readdir(join(this.#deps.results, id));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Fetches a job's files unless they are here, then shows one of them in the file manager. */
  async #reveal(id: ModelId, file: string): Promise<void> {
    const { tabpod, results } = this.#deps;
    const known = (await tabpod.jobs.get(id)).state.final?.status.files ?? {};
    if (!Object.hasOwn(known, file)) return;
    const folder = join(results, id);
    if (!(await this.#here(id)).includes(file)) {
      const title = vscode.l10n.t('Fetching the files of {0}…', id);
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, async () => {
        await mkdir(folder, { recursive: true });
        await tabpod.jobs.download(id, folder);
      });
    }
    const uri = vscode.Uri.file(join(folder, file));
    try {
      await vscode.commands.executeCommand('revealFileInOS', uri);
    } catch {
      // An editor in the browser has no file manager.
      void vscode.window.showInformationMessage(uri.fsPath);
    }
  }
}
