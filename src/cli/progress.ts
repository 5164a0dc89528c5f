import type { JobView } from '../app/tabpod.ts';
import { type JobMachine, phaseOf } from '../core/job/state.ts';
import type { Output } from './output.ts';
import { short } from './output.ts';

/** Prints one line for each thing that changed in a job, never the same line twice in a row. */
export function progressPrinter(output: Output): (job: JobView) => void {
  let last = '';
  const said = new Set<string>();
  return (job) => {
    for (const machine of job.state.machines) {
      const line = machineLine(machine);
      if (!said.has(line)) output.progress(line);
      said.add(line);
    }
    const line = phaseLine(job);
    if (line !== last) output.progress(line);
    last = line;
  };
}

function machineLine({ name, gpu, state, id, pricePerHour, refusal }: JobMachine): string {
  const what = gpu ? `${name} (${gpu})` : name;
  switch (state) {
    case 'intended':
      return `machine ${what}: asked for`;
    case 'unresolved':
      return `machine ${what}: no answer, looking for it`;
    case 'refused':
      return `machine ${what}: refused (${refusal?.failure}): ${refusal?.detail}`;
    case 'created':
      return `machine ${what}: ${id}${pricePerHour ? ` at $${pricePerHour} an hour` : ''}`;
    case 'gone':
      return `machine ${what}: verified gone`;
  }
}

function phaseLine({ state, status, uploaded, trouble }: JobView): string {
  const phase = phaseOf(state);
  if (trouble) return `${phase}: ${trouble}`;
  if (phase === 'staging')
    return uploaded === undefined ? 'uploading' : `uploading ${Math.floor(uploaded * 10) * 10} %`;
  if (phase !== 'running' || !status) return phase;
  const doing = status.phase ?? status.state;
  const { round, of, metric } = status;
  // Every tenth of the way is enough for a terminal.
  const tenth = round !== null && of ? ` ${Math.floor((round / of) * 10) * 10} %` : '';
  return `running: ${doing}${tenth}${metric && tenth ? ` ${metric.name} ${short(metric.value)}` : ''}`;
}
