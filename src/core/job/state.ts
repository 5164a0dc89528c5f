import type { FinalStatus } from '../contract/status.ts';
import type { Outcome, StopCause, Submission } from './events.ts';

/** One machine of a job, from the intent to rent it to the proof that it is gone. */
export interface JobMachine {
  readonly name: string;
  readonly gpu: string | null;
  /** USD per hour when the user agreed; `null` on this computer. */
  readonly quote: number | null;
  readonly intendedAt: number;
  readonly state: 'intended' | 'unresolved' | 'refused' | 'created' | 'gone';
  readonly id: string | null;
  readonly pricePerHour: number | null;
  readonly createdAt: number | null;
  readonly refusal: { readonly failure: string; readonly detail: string; readonly at: number } | null;
  readonly terminatingAt: number | null;
  /** First of the reads that did not show it any more. */
  readonly missingSince: number | null;
}

export type JobPhase = 'staging' | 'launching' | 'booting' | 'running' | 'collecting' | 'ended';

/** The fold of a job's events. */
export interface JobState {
  readonly submission: Submission;
  readonly submittedAt: number;
  readonly driver: { readonly pid: number; readonly host: string };
  readonly staged: boolean;
  readonly machines: readonly JobMachine[];
  readonly stop: { readonly by: StopCause; readonly at: number; readonly sent: boolean } | null;
  readonly runningSince: number | null;
  readonly final: { readonly status: FinalStatus; readonly at: number } | null;
  /** Reads after all machines were gone that found no final status. */
  readonly finalMissing: readonly number[];
  readonly collected: readonly string[] | null;
  readonly outcome: Outcome | null;
  readonly endedAt: number | null;
}

/** Where a job stands, for people and for the pace of polling. */
export function phaseOf(job: JobState): JobPhase {
  if (job.outcome) return 'ended';
  if (job.final) return 'collecting';
  if (job.runningSince !== null) return 'running';
  if (job.machines.some(({ state }) => state === 'created' || state === 'gone')) return 'booting';
  return job.staged ? 'launching' : 'staging';
}

/** Machines that cost money now, or may. */
export function liveMachines(job: JobState): readonly JobMachine[] {
  return job.machines.filter(({ state }) => state !== 'gone' && state !== 'refused');
}

/** Ended, and every machine is gone or was never rented. */
export function isSettled(job: JobState): boolean {
  return job.outcome !== null && liveMachines(job).length === 0;
}

/** Over for everybody but the bookkeeper: what is left may never have been rented, and is looked for once a minute. */
export function isOnlyWatched(job: JobState): boolean {
  return job.outcome !== null && liveMachines(job).every(({ id }) => id === null);
}
