import type { JobMachine, JobState } from './state.ts';

const HOUR_MS = 3_600_000;

/** The price may differ from the quote by this share: rounding, not a change of mind. */
const TOLERANCE = 0.01;

/** USD a machine has cost until `now` (milliseconds); 0 when it was never rented, `null` when its price is unknown. */
export function machineCost(machine: JobMachine, now: number): number | null {
  if (machine.createdAt === null) return 0;
  if (machine.pricePerHour === null) return null;
  const end = machine.state === 'gone' ? (machine.missingSince ?? now) : now;
  return (Math.max(0, end - machine.createdAt) / HOUR_MS) * machine.pricePerHour;
}

/** USD all machines of a job have cost until `now`; `null` when one price is unknown. */
export function jobCost(job: JobState, now: number): number | null {
  let sum = 0;
  for (const machine of job.machines) {
    const cost = machineCost(machine, now);
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}

/** Whether a created machine costs what was agreed; an unknown price is not what was agreed. */
export function isAgreedPrice(machine: JobMachine): boolean {
  if (machine.quote === null) return true;
  return machine.pricePerHour !== null && machine.pricePerHour <= machine.quote * (1 + TOLERANCE);
}

/** Seconds a job may run for its limits on time and money, at a price per hour (USD). */
export function limitSeconds(limits: { hours: number; usd: number }, pricePerHour: number | null): number {
  const byTime = limits.hours * 3600;
  return Math.floor(pricePerHour ? Math.min(byTime, (limits.usd / pricePerHour) * 3600) : byTime);
}
