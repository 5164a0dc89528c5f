import type { FinalStatus } from '../contract/status.ts';
import type { Outcome, StopCause, Submission } from './events.ts';

/** One machine of a job, from the intent to rent it to the proof that it is gone. */
export interface JobMachine {
  readonly name: string;
  readonly gpu: string | null;
  readonly quote: number | null;
  readonly intendedAt: number;
  readonly state: 'intended' | 'unresolved' | 'refused' | 'created' | 'gone';
  readonly id: string | null;
  readonly pricePerHour: number | null;
  readonly createdAt: number | null;
  readonly goneAt: number | null;
  readonly refusal: { readonly failure: string; readonly detail: string } | null;
  readonly terminatingAt: number | null;
  readonly missingSince: number | null;
}

export type JobPhase = 'staging' | 'launching' | 'booting' | 'running' | 'collecting' | 'ended';

/** The fold of a job's events. */
export interface JobState {
  readonly submission: Submission;
  readonly submittedAt: number;
  readonly driver: { readonly pid: number; readonly host: string };
  readonly phase: JobPhase;
  readonly staged: boolean;
  readonly machines: readonly JobMachine[];
  readonly stop: { readonly by: StopCause; readonly at: number } | null;
  readonly runningSince: number | null;
  readonly final: FinalStatus | null;
  readonly finalMissing: readonly number[];
  readonly collected: readonly string[] | null;
  readonly outcome: Outcome | null;
  readonly endedAt: number | null;
}

/** Ended, and every machine is gone or was never rented. */
export function isSettled(job: JobState): boolean {
  return job.outcome !== null && job.machines.every(({ state }) => state === 'gone' || state === 'refused');
}

/** Machines that cost money now, or may. */
export function liveMachines(job: JobState): readonly JobMachine[] {
  return job.machines.filter(({ state }) => state !== 'gone' && state !== 'refused');
}
