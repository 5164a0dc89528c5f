import { unreachable } from '../unreachable.ts';
import type { JobEvent } from './events.ts';
import type { JobMachine, JobState } from './state.ts';

/** The state that a job's events add up to; `undefined` when they do not begin with its submission. */
export function fold(events: readonly JobEvent[]): JobState | undefined {
  const [first, ...rest] = events;
  if (first?.kind !== 'submitted') return undefined;
  const begun: JobState = {
    submission: first.submission,
    submittedAt: first.at,
    driver: first.driver,
    staged: false,
    machines: [],
    stop: null,
    runningSince: null,
    final: null,
    finalMissing: [],
    collected: null,
    outcome: null,
    endedAt: null,
  };
  return rest.reduce(apply, begun);
}

/** One event further. Events that repeat what is known, or contradict it, change nothing. */
export function apply(job: JobState, event: JobEvent): JobState {
  switch (event.kind) {
    case 'submitted':
      return job;
    case 'staged':
      return { ...job, staged: true };
    case 'intended':
    case 'created':
    case 'refused':
    case 'unresolved':
    case 'terminating':
    case 'missing':
    case 'seen':
    case 'gone':
      return { ...job, machines: applyToMachines(job.machines, event) };
    case 'running':
      return { ...job, runningSince: job.runningSince ?? event.at };
    case 'stop-requested':
      return { ...job, stop: job.stop ?? { by: event.by, at: event.at, sent: false } };
    case 'stop-sent':
      return { ...job, stop: job.stop && { ...job.stop, sent: true } };
    case 'final':
      return applyFinal(job, event);
    case 'final-missing':
      return { ...job, finalMissing: [...job.finalMissing, event.at] };
    case 'collected':
      return { ...job, collected: event.files };
    case 'ended':
      return job.outcome ? job : { ...job, outcome: event.outcome, endedAt: event.at };
    default:
      return unreachable(event);
  }
}

/** A final status heals a job that was given up as lost. */
function applyFinal(job: JobState, event: JobEvent & { kind: 'final' }): JobState {
  if (job.final) return job;
  const final = { status: event.status, at: event.at };
  return job.outcome?.kind === 'lost' ? { ...job, final, outcome: null, endedAt: null } : { ...job, final };
}

type MachineEvent = JobEvent & { machine: string };

function applyToMachines(machines: readonly JobMachine[], event: MachineEvent): readonly JobMachine[] {
  if (event.kind === 'intended') {
    return machines.some(({ name }) => name === event.machine) ? machines : [...machines, intended(event)];
  }
  return machines.map((machine) => (machine.name === event.machine ? applyToMachine(machine, event) : machine));
}

function intended(event: JobEvent & { kind: 'intended' }): JobMachine {
  return {
    name: event.machine,
    gpu: event.gpu,
    quote: event.quote,
    intendedAt: event.at,
    state: 'intended',
    id: null,
    pricePerHour: null,
    createdAt: null,
    refusal: null,
    terminatingAt: null,
    missingSince: null,
  };
}

function applyToMachine(machine: JobMachine, event: MachineEvent): JobMachine {
  switch (event.kind) {
    case 'created':
      // Known already, or written a second time by another process that found it on the list.
      if (machine.id !== null) return machine;
      // Billed from the create call on, which may be long before anybody saw the machine.
      return {
        ...machine,
        state: 'created',
        id: event.id,
        pricePerHour: event.pricePerHour,
        createdAt: machine.intendedAt,
      };
    case 'refused':
      if (machine.id !== null) return machine;
      return {
        ...machine,
        state: 'refused',
        refusal: { failure: event.failure, detail: event.detail, at: event.at },
      };
    case 'unresolved':
      return machine.state === 'intended' ? { ...machine, state: 'unresolved' } : machine;
    case 'terminating':
      return { ...machine, terminatingAt: machine.terminatingAt ?? event.at };
    case 'missing':
      return { ...machine, missingSince: machine.missingSince ?? event.at };
    case 'seen':
      return { ...machine, missingSince: null, state: machine.id === null ? machine.state : 'created' };
    case 'gone':
      return { ...machine, state: 'gone' };
    default:
      return machine;
  }
}
