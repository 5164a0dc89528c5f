import * as vscode from 'vscode';
import type { JobView, Tabpod } from '../../app/tabpod.ts';
import type { Log } from '../../base/log.ts';
import { TabpodError } from '../../core/error.ts';
import { COMMANDS, EDITORS } from '../ids.ts';
import { type JobFile, jobFileUri, parseJobUri, reportUri } from '../report/uri.ts';
import { jobTitle } from '../report/words.ts';
import { JobWatch } from './notify.ts';
import { JobItem, JobsTree } from './tree.ts';

export interface JobsDeps {
  readonly tabpod: Tabpod;
  readonly log: Log;
  /** Tells the file system that a job's file has another content. */
  changed(uri: vscode.Uri): void;
  explain(error: unknown): string;
}

/** The tree of jobs, their files and menus, and what is said when one ends. */
export function createJobsModule(deps: JobsDeps) {
  const { tabpod, changed } = deps;
  const tree = new JobsTree(tabpod);
  const watch = new JobWatch({ ...deps, report: (job) => tree.report(job) });
  const listener = tabpod.jobs.onDidChange((id) => {
    tree.refresh();
    changed(jobFileUri(id, 'train.log'));
    void watch.look(id);
  });
  const openFile = (file: JobFile) => async (given: unknown) => {
    const { id } = await jobOf(tabpod, given);
    await vscode.window.showTextDocument(jobFileUri(id, file), { preview: false });
  };
  return {
    tree,
    commands: {
      [COMMANDS.jobReport]: async (given: unknown) => {
        const uri = reportUri(await jobOf(tabpod, given));
        await vscode.commands.executeCommand('vscode.openWith', uri, EDITORS.report);
      },
      [COMMANDS.jobLog]: openFile('train.log'),
      [COMMANDS.jobScript]: openFile('script.py'),
      [COMMANDS.jobStop]: async (given: unknown) => stop(await jobOf(tabpod, given), tabpod),
      [COMMANDS.jobsRefresh]: async () => {
        await tabpod.jobs.reconcile({ drive: true });
        tree.refresh();
      },
    },
    /** Content of `tabpod:/jobs/<id>/<file>`. */
    readFile: async (uri: vscode.Uri): Promise<string> => {
      const place = parseJobUri(uri);
      if (!place) throw vscode.FileSystemError.FileNotFound(uri);
      return await readJobFile(tabpod, place, uri);
    },
    /** Takes up what other windows and earlier sessions left unsettled. */
    start: async () => {
      await watch.start();
      await tabpod.jobs.reconcile({ drive: true });
    },
    dispose: () => {
      listener.dispose();
      watch.dispose();
      tree.dispose();
    },
  };
}

async function readJobFile(
  { jobs }: Tabpod,
  { id, file }: NonNullable<ReturnType<typeof parseJobUri>>,
  uri: vscode.Uri,
): Promise<string> {
  if (file === 'script.py') return await jobs.script(id);
  if (file === 'train.log') return await jobs.log(id);
  if (file === 'metrics.json') return `${JSON.stringify(await jobs.report(id), null, 2)}\n`;
  if (file.endsWith('.report')) return '';
  throw vscode.FileSystemError.FileNotFound(uri);
}

/** The job that a command is about: a tree item, an id, or the user's pick. */
async function jobOf(tabpod: Tabpod, given: unknown): Promise<JobView> {
  if (given instanceof JobItem) return await tabpod.jobs.get(given.job.id);
  if (typeof given === 'string') return await tabpod.jobs.get(given);
  throw new TabpodError('host/nothing-selected', {});
}

async function stop(job: JobView, tabpod: Tabpod): Promise<void> {
  const yes = vscode.l10n.t('Stop Job');
  const detail = vscode.l10n.t('The model so far is saved if the script can, and the machine is ended.');
  const message = vscode.l10n.t('Stop the job {0}?', jobTitle(job));
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) !== yes) return;
  const title = vscode.l10n.t('Stopping {0}…', jobTitle(job));
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => tabpod.jobs.stop(job.id));
}
