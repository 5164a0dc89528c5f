import * as vscode from 'vscode';
import type { JobView, Tabpod } from '../../app/tabpod.ts';
import type { Report } from '../../core/report/schema.ts';
import { COMMANDS, ITEMS } from '../ids.ts';
import { reportUri } from '../report/uri.ts';
import { activityWord, dollars, endWord, jobTitle, modelWord } from '../report/words.ts';

/** A job in the tree. */
export class JobItem extends vscode.TreeItem {
  readonly job: JobView;

  constructor(job: JobView, report: Report | undefined) {
    super(jobTitle(job), vscode.TreeItemCollapsibleState.None);
    this.job = job;
    this.id = job.id;
    this.description = describe(job, report);
    this.tooltip = tooltip(job, this.description);
    this.iconPath = icon(job);
    this.contextValue = contextOf(job);
    this.resourceUri = reportUri(job);
    this.command = { command: COMMANDS.jobReport, title: vscode.l10n.t('Open Report'), arguments: [this] };
    this.accessibilityInformation = { label: `${jobTitle(job)}, ${this.description}` };
  }
}

/** Jobs, newest first. */
export class JobsTree implements vscode.TreeDataProvider<JobItem> {
  readonly #tabpod: Pick<Tabpod, 'jobs'>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** A report never changes once it is there. */
  readonly #reports = new Map<string, Report>();

  constructor(tabpod: Pick<Tabpod, 'jobs'>) {
    this.#tabpod = tabpod;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(item: JobItem): vscode.TreeItem {
    return item;
  }

  async getChildren(parent?: JobItem): Promise<JobItem[]> {
    if (parent) return [];
    const jobs = await this.#tabpod.jobs.list();
    return await Promise.all(jobs.map(async (job) => new JobItem(job, await this.report(job))));
  }

  /** A job's report if it has one. */
  async report({ id, state: { outcome } }: JobView): Promise<Report | undefined> {
    const known = this.#reports.get(id);
    if (known || outcome?.kind === 'failed' || outcome?.kind === 'lost' || !outcome) return known;
    const report = await this.#tabpod.jobs.report(id).catch(() => undefined);
    if (report) this.#reports.set(id, report);
    return report;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function describe(job: JobView, report: Report | undefined): string {
  const { outcome } = job.state;
  if (!outcome) return activityWord(job);
  const ended = endWord(outcome, report);
  return job.settled ? ended : `${ended}, ending its machine`;
}

function tooltip(job: JobView, description: string): vscode.MarkdownString {
  const { submission, submittedAt } = job.state;
  const where = submission.backend === 'local' ? 'This Computer' : 'RunPod';
  const text = new vscode.MarkdownString();
  // Names of files and columns are not Markdown of ours.
  text.appendText(`${jobTitle(job)}\n${description}\n`);
  text.appendText(`${modelWord(submission.modelType)} on ${where}, ${dollars(job.costUsd)}\n`);
  text.appendText(`${new Date(submittedAt).toLocaleString()}\n${job.id}`);
  if (job.trouble) text.appendText(`\n${job.trouble}`);
  return text;
}

function icon({ state: { outcome }, settled, trouble }: JobView): vscode.ThemeIcon {
  const color = (id: string) => new vscode.ThemeColor(id);
  if (trouble && !settled) return new vscode.ThemeIcon('warning', color('charts.yellow'));
  if (!outcome || !settled) return new vscode.ThemeIcon('sync~spin', color('charts.blue'));
  switch (outcome.kind) {
    case 'succeeded':
      return new vscode.ThemeIcon('pass', color('charts.green'));
    case 'failed':
    case 'lost':
      return new vscode.ThemeIcon('error', color('charts.red'));
    case 'stopped':
      return new vscode.ThemeIcon('circle-slash', color('charts.yellow'));
  }
}

function contextOf({ state: { outcome }, settled }: JobView): string {
  if (!outcome || !settled) return ITEMS.jobLive;
  return outcome.kind === 'succeeded' || outcome.kind === 'stopped' ? ITEMS.jobFinished : ITEMS.jobFailed;
}
