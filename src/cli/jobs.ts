import type { JobView } from '../app/tabpod.ts';
import { liveMachines, phaseOf } from '../core/job/state.ts';
import type { Command } from './arguments.ts';
import type { Cli } from './cli.ts';
import { jobJson, outcomeText } from './job-text.ts';
import { short, table } from './output.ts';

/** `tabpod jobs`: looks at what is not settled, then tells all of it. */
export async function jobs(_command: Command & { name: 'jobs' }, { tabpod, output }: Cli): Promise<number> {
  await tabpod.jobs.reconcile();
  const all = await tabpod.jobs.list();
  output.result({ jobs: all.map(jobJson) }, () => {
    if (all.length === 0) output.line('No jobs yet. `tabpod train DATA --target COL` starts one.');
    else output.line(table([['id', 'where', 'state', 'machines', 'USD'], ...all.map(row)]));
  });
  for (const { id, trouble } of all) {
    if (trouble) output.progress(`${id}: its machines could not be looked at: ${trouble}`);
  }
  return 0;
}

function row(job: JobView): readonly string[] {
  const live = liveMachines(job.state);
  const machines = live.length > 0 ? live.map(({ id, state }) => id ?? state).join(', ') : 'none left';
  const state = job.state.outcome ? outcomeText(job.state.outcome) : phaseOf(job.state);
  return [job.id, job.state.submission.backend, state, machines, short(job.costUsd)];
}

/** `tabpod stop ID`. */
export async function stop({ id }: Command & { name: 'stop' }, { tabpod, output }: Cli): Promise<number> {
  const job = await tabpod.jobs.get(id);
  await tabpod.jobs.stop(job.id);
  const { state, settled } = await tabpod.jobs.get(id);
  const how = state.outcome ? outcomeText(state.outcome) : phaseOf(state);
  output.line(
    `${id}: ${how}, ${settled ? 'no machine left' : 'a machine that may exist is still looked for by `tabpod jobs`'}`,
  );
  return settled ? 0 : 1;
}
