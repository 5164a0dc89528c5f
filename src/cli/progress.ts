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
    const { step, detail } = phaseStep(job);
    if (step !== last) output.progress(`${step}${detail}`);
    last = step;
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

interface Step {
  /** A new line is printed when this changes: every tenth of the way is enough for a terminal. */
  readonly step: string;
  readonly detail: string;
}

function phaseStep({ state, status, uploaded, trouble }: JobView): Step {
  const phase = phaseOf(state);
  if (trouble) return { step: `${phase}: ${trouble}`, detail: '' };
  if (phase === 'staging')
    return { step: uploaded === undefined ? 'uploading' : `uploading ${tenth(uploaded)}`, detail: '' };
  if (phase !== 'running' || !status) return { step: phase, detail: '' };
  const { round, of, metric } = status;
  const step = `running: ${status.phase ?? status.state}`;
  if (round === null || !of) return { step, detail: '' };
  return { step: `${step} ${tenth(round / of)}`, detail: metric ? ` ${metric.name} ${short(metric.value)}` : '' };
}

function tenth(share: number): string {
  return `${Math.floor(share * 10) * 10} %`;
}
