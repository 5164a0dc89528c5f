import { join, resolve } from 'node:path';
import type { JobView } from '../app/tabpod.ts';
import { readText } from '../base/files.ts';
import { liveMachines } from '../core/job/state.ts';
import type { ModelId } from '../core/model-id.ts';
import { METRICS_MAX_BYTES, type Report } from '../core/report/schema.ts';
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
  const id = await tabpod.jobs.submit({ spec, profile, plan, script: tabpod.script(plan), folder });
  output.progress(`job ${id}`);
  const job = await follow(id, cli);
  const folderOut = command.out === undefined ? undefined : resolve(cli.folder, command.out);
  const files = job.state.final && folderOut ? await tabpod.jobs.download(id, folderOut) : [];
  const report = await tabpod.jobs.report(id).catch(() => undefined);
  const own = (file: string) => join(cli.home, 'jobs', id, file);
  const paths =
    files.length > 0 && folderOut ? files.map((file) => join(folderOut, file)) : (job.state.collected ?? []).map(own);
  const result = {
    ...jobJson(job),
    files: [own('script.py'), ...paths],
    metrics: await wholeMetrics(own('metrics.json')),
  };
  output.result(result, () => {
    if (report) output.line(metricsTable(report));
    output.line(`script   ${own('script.py')}`);
    if (report) output.line(`report   ${own('metrics.json')}`);
    if (folderOut && files.length > 0) output.line(`results  ${folderOut}`);
    output.line(`cost     $${(job.costUsd ?? 0).toFixed(4)}`);
  });
  sayEnd(job, cli);
  return job.state.outcome?.kind === 'succeeded' && job.settled ? 0 : 1;
}

/** Watches a job to its end. The first Ctrl-C stops it and waits for the proof; the second leaves at once. */
async function follow(id: ModelId, { tabpod, output }: Cli): Promise<JobView> {
  const print = progressPrinter(output);
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
    void tabpod.jobs.stop(id);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await tabpod.jobs.watch(id, print);
  } finally {
    for (const signal of signals) process.removeListener(signal, interrupt);
  }
}

/** The whole of metrics.json, keys this version does not know included. */
async function wholeMetrics(path: string): Promise<unknown> {
  const text = await readText(path);
  return text !== undefined && text.length <= METRICS_MAX_BYTES ? JSON.parse(text) : null;
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
