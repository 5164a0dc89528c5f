import type { Backend, Machine, MachineList } from '../backends/ports.ts';
import type { Clock } from '../base/clock.ts';
import { TabpodError } from '../core/error.ts';
import { machineName, ownerOf } from '../core/job/machine-name.ts';
import type { Policy } from '../core/job/policy.ts';
import type { ModelId } from '../core/model-id.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PodView } from './tabpod.ts';

/** The account's pods, each with whose it is. */
export async function classifyPods(list: MachineList, owner: string, ledger: Ledger): Promise<readonly PodView[]> {
  const ids = await ledger.list();
  return list.machines.map((machine) => classify(machine, owner, ids));
}

function classify(machine: Machine, owner: string, ids: readonly ModelId[]): PodView {
  const theirs = ownerOf(machine.name);
  if (theirs === undefined) return { machine, whose: 'foreign', job: undefined };
  if (theirs !== owner) return { machine, whose: 'other-tabpod', job: undefined };
  const job = ids.find((id) => machine.name.startsWith(machineName(owner, id, 0).slice(0, -1)));
  return { machine, whose: job ? 'mine' : 'adoptable', job };
}

/** Ends a pod and waits until two proven reads, far enough apart, no longer show it. */
export async function terminateVerified(id: string, backend: Backend, clock: Clock, policy: Policy): Promise<void> {
  let missing = 0;
  for (let look = 0; missing < 2; look += 1) {
    if (look > 60) throw new TabpodError('job/still-there', { id });
    await backend.machines.terminate(id);
    const { machines, proven } = await backend.machines.list();
    missing = proven && !machines.some((machine) => machine.id === id) ? missing + 1 : 0;
    if (missing < 2) await clock.sleep(missing ? policy.verifyGapMs : policy.pollMs);
  }
}
