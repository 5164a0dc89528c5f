import type { Decision, ListedMachine, Situation } from '../decision.ts';
import type { JobEvent } from '../events.ts';
import type { JobMachine, JobState } from '../state.ts';

/** Believes what was seen: which machines are there, that the job runs, that it reported its end. */
export function account(job: JobState, situation: Situation): Decision {
  const events = [
    ...job.machines.flatMap((machine) => accountMachine(machine, situation)),
    ...accountStatus(job, situation),
  ];
  return { events, effects: [] };
}

function accountMachine(machine: JobMachine, { seen, now, policy }: Situation): readonly JobEvent[] {
  if (!seen.machines || machine.state === 'refused') return [];
  const listed = seen.machines.listed.find(({ id, name }) =>
    machine.id === null ? name === machine.name : id === machine.id,
  );
  const at = now;
  if (listed) return accountPresent(machine, listed, at);
  // A list that might be another account's, or cut short, proves nothing.
  if (!seen.machines.proven || machine.state === 'gone') return [];
  if (machine.state === 'created') {
    if (machine.missingSince === null) return [{ kind: 'missing', at, machine: machine.name }];
    return at - machine.missingSince >= policy.verifyGapMs ? [{ kind: 'gone', at, machine: machine.name }] : [];
  }
  if (at - machine.intendedAt < policy.unresolvedWatchMs) return [];
  return [{ kind: 'refused', at, machine: machine.name, failure: 'unknown-outcome', detail: 'it never appeared' }];
}

function accountPresent(machine: JobMachine, listed: ListedMachine, at: number): readonly JobEvent[] {
  if (machine.id === null) {
    return [{ kind: 'created', at, machine: machine.name, id: listed.id, pricePerHour: listed.pricePerHour }];
  }
  return machine.missingSince === null ? [] : [{ kind: 'seen', at, machine: machine.name }];
}

function accountStatus(job: JobState, { seen, now }: Situation): readonly JobEvent[] {
  const { status } = seen;
  if (status === undefined || status === 'absent') return [];
  // Only a machine of this job can speak for it.
  const machine = job.machines.find(({ id }) => id === status.machine);
  if (!machine) return [];
  const events: JobEvent[] = [];
  if (job.runningSince === null) events.push({ kind: 'running', at: now, machine: machine.name });
  if (status.final && !job.final) events.push({ kind: 'final', at: now, status: status.final });
  return events;
}
