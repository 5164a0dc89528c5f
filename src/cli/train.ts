import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { explainAny } from '../app/explain.ts';
import type { JobView } from '../app/tabpod.ts';
import { messageOf } from '../base/error.ts';
import { readText } from '../base/files.ts';
import { TabpodError } from '../core/error.ts';
import { liveMachines } from '../core/job/state.ts';
import type { ModelId } from '../core/model-id.ts';
import type { Report } from '../core/report/schema.ts';
import type { Command } from './arguments.ts';
import type { Cli } from './cli.ts';
import { failureText, jobJson, outcomeText } from './job-text.ts';
import { short, table } from './output.ts';
import { planOf } from './profile.ts';
import { progressPrinter } from './progress.ts';

/** `tabpod train DATA --target COL`: from the table to verified metrics, or to a clear reason why not. */
export async function train(command: Command & { name: 'train' }, cli: Cli): Promise<number> {
  const { tabpod, output } = cli;
  const { spec, folder, profile, plan } = await planOf(command, cli);
  output.progress(`${plan.modelType} on ${plan.features.length} columns of ${profile.rows} rows`);
  const folderOut = command.out === undefined ? undefined : await usable(resolve(cli.folder, command.out));
  const id = await tabpod.jobs.submit({ spec, profile, plan, script: tabpod.script(plan), folder });
  output.progress(`job ${id}`);
  const job = await follow(id, cli);
  const files = job.state.final && folderOut ? await fetched(id, folderOut, cli) : [];
  const metrics = await wholeMetrics(id, cli);
  const own = (file: string) => join(cli.home, 'jobs', id, file);
  const paths =
    files && folderOut && files.length > 0
      ? files.map((file) => join(folderOut, file))
      : (job.state.collected ?? []).map(own);
  output.result({ ...jobJson(job), files: [own('script.py'), ...paths], metrics: metrics.whole }, () => {
    if (metrics.report) output.line(metricsTable(metrics.report));
    output.line(`script   ${own('script.py')}`);
    if (metrics.report) output.line(`report   ${own('metrics.json')}`);
    if (folderOut && files && files.length > 0) output.line(`results  ${folderOut}`);
    output.line(`cost     $${(job.costUsd ?? 0).toFixed(4)}`);
  });
  sayEnd(job, cli);
  return job.state.outcome?.kind === 'succeeded' && job.settled && metrics.report && files ? 0 : 1;
}

/** A folder that results can be written to, known before anything is rented. */
async function usable(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    throw new TabpodError(
      'local/not-written',
      { folder, detail: messageOf(error), setting: '--out' },
      { cause: error },
    );
  }
}

/** Names of the result files, all of them fetched; `undefined` after saying why not. */
async function fetched(id: ModelId, folder: string, { tabpod, output }: Cli): Promise<readonly string[] | undefined> {
  try {
    return await tabpod.jobs.download(id, folder);
  } catch (error) {
    output.progress(`the results could not be fetched into ${folder}: ${explainAny(error)}`);
    return undefined;
  }
}

/** Watches a job to its end. The first Ctrl-C stops it and waits for the proof; the second leaves at once. */
async function follow(id: ModelId, { tabpod, output }: Cli): Promise<JobView> {
  const print = progressPrinter(output);
  const over = new AbortController();
  let interrupts = 0;
  const interrupt = () => {
    interrupts += 1;
    if (interrupts > 1) {
      output.progress(
        `left before the machine was verified gone: \`tabpod jobs\` tells, \`tabpod stop ${id}\` ends it`,
      );
      process.exit(1);
    }
    output.progress('stopping: waiting until the machine is verified gone (again to leave at once)');
    tabpod.jobs.stop(id).catch((error: unknown) => {
      output.progress(`the stop could not be recorded, the machines were asked to end: ${explainAny(error)}`);
      over.abort();
    });
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await tabpod.jobs.watch(id, print, over.signal);
  } finally {
    for (const signal of signals) process.removeListener(signal, interrupt);
  }
}

interface Metrics {
  /** The whole of metrics.json, keys this version does not know included; `null` when there is none that can be read. */
  readonly whole: unknown;
  readonly report: Report | undefined;
}

async function wholeMetrics(id: ModelId, { tabpod, output, home }: Cli): Promise<Metrics> {
  const text = await readText(join(home, 'jobs', id, 'metrics.json'));
  if (text === undefined) return { whole: null, report: undefined };
  try {
    return { report: await tabpod.jobs.report(id), whole: JSON.parse(text) };
  } catch (error) {
    output.progress(explainAny(error));
    return { whole: null, report: undefined };
  }
}

function metricsTable({ metrics, headline }: Report): string {
  const rows = Object.entries(metrics.test).map(([name, { value, low, high }]) => {
    const interval = low === undefined || low === null ? '' : `${short(low)} … ${short(high)}`;
    const star = name === headline.name ? '*' : '';
    return [`${name}${star}`, short(value), interval, short(metrics.baseline[name]?.value)];
  });
  return table([['test metric', 'value', '95 % interval', 'baseline'], ...rows]);
}

function sayEnd({ id, state, settled }: JobView, { output }: Cli): void {
  const { outcome } = state;
  if (outcome?.kind === 'failed') output.progress(`${id} failed: ${failureText(outcome)}`);
  else if (outcome) output.progress(`${id} ${outcomeText(outcome)}`);
  const live = liveMachines(state);
  const left = live.map(({ name, id: machine }) => machine ?? `${name} (not seen yet)`).join(', ');
  output.progress(settled ? 'machines left: 0' : `machines that may still run: ${left}. \`tabpod jobs\` looks again.`);
}
