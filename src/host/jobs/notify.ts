import * as vscode from 'vscode';
import type { JobView, Tabpod } from '../../app/tabpod.ts';
import { liveMachines } from '../../core/job/state.ts';
import type { ModelId } from '../../core/model-id.ts';
import type { Report } from '../../core/report/schema.ts';
import { COMMANDS, VIEWS } from '../ids.ts';
import { activityWord, dollars, endWord, jobTitle } from '../report/words.ts';

export interface WatchDeps {
  readonly tabpod: Pick<Tabpod, 'jobs'>;
  report(job: JobView): Promise<Report | undefined>;
}

/** Live jobs in the status bar, and one notification when a job that was live is settled. */
export class JobWatch {
  readonly #deps: WatchDeps;
  readonly #live = new Map<ModelId, JobView>();
  readonly #bar: vscode.StatusBarItem;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#bar = vscode.window.createStatusBarItem('tabpod.status', vscode.StatusBarAlignment.Left, 10);
    this.#bar.name = 'Tabpod';
    this.#bar.command = `${VIEWS.jobs}.focus`;
  }

  async start(): Promise<void> {
    for (const job of await this.#deps.tabpod.jobs.list()) {
      if (!job.settled) this.#live.set(job.id, job);
    }
    this.#show();
  }

  /** Looks at a job that changed. */
  async look(id: ModelId): Promise<void> {
    const job = await this.#deps.tabpod.jobs.get(id).catch(() => undefined);
    if (!job) return;
    // Deleting tells whether it was live, so that a job is announced once however many changes come together.
    const ended = job.settled && this.#live.delete(id);
    if (!job.settled) this.#live.set(id, job);
    this.#show();
    if (ended) await this.#announce(job);
  }

  #show(): void {
    const jobs = [...this.#live.values()];
    if (jobs.length === 0) {
      this.#bar.hide();
      return;
    }
    this.#bar.text = `$(sync~spin) ${statusText(jobs)}`;
    this.#bar.tooltip = jobs.map((job) => `${jobTitle(job)}: ${activityWord(job)}`).join('\n');
    this.#bar.show();
  }

  async #announce(job: JobView): Promise<void> {
    const { outcome, submission } = job.state;
    if (!outcome) return;
    const report = await this.#deps.report(job);
    const how = endWord(outcome, report);
    const bill = submission.backend === 'runpod' ? ` ${capital(dollars(job.costUsd))}, ${goneWord(job)}.` : '';
    const text = `${jobTitle(job)}: ${how}.${bill}`;
    const open = vscode.l10n.t('Open Report');
    const say = outcome.kind === 'succeeded' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    if ((await say(text, open)) === open) await vscode.commands.executeCommand(COMMANDS.jobReport, job.id);
  }

  dispose(): void {
    this.#bar.dispose();
  }
}

/** “2 jobs · 1 pod · $0.34/h · $0.02 spent”; pods only where there are some. */
export function statusText(jobs: readonly JobView[]): string {
  const parts = [jobs.length === 1 ? '1 job' : `${jobs.length} jobs`];
  const rented = jobs.filter(({ state }) => state.submission.backend === 'runpod');
  const pods = rented.flatMap(({ state }) => liveMachines(state));
  if (pods.length > 0) {
    const rate = pods.reduce((sum, { pricePerHour, quote }) => sum + (pricePerHour ?? quote ?? 0), 0);
    parts.push(pods.length === 1 ? '1 pod' : `${pods.length} pods`, `$${rate.toFixed(2)}/h`);
  }
  if (rented.length > 0) {
    const unknown = rented.some(({ costUsd }) => costUsd === null);
    const spent = rented.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
    parts.push(`${unknown ? 'at least ' : ''}$${spent.toFixed(2)} spent`);
  }
  return parts.join(' · ');
}

function goneWord({ state: { machines } }: JobView): string {
  return machines.some(({ state }) => state === 'gone') ? 'pod gone' : 'no pod was rented';
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
