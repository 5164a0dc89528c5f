import type { Status } from '../contract/status.ts';
import type { JobEvent } from './events.ts';
import type { Policy } from './policy.ts';
import type { JobState } from './state.ts';

/** A machine as a list shows it; the part of the backend's answer that decisions need. */
export interface ListedMachine {
  readonly id: string;
  readonly name: string;
  readonly pricePerHour: number | null;
  /** Stopped by the provider and kept: it will not go on by itself, and is billed for its disk. */
  readonly exited: boolean;
}

/** What was seen of a job in one look. What was not asked for, or could not be read, is `undefined`. */
export interface Observation {
  readonly machines: { readonly listed: readonly ListedMachine[]; readonly proven: boolean } | undefined;
  readonly status: Status | 'absent' | undefined;
  /** When this process last saw the beat change; `null` before the first beat. */
  readonly beatMovedAt: number | null;
  /** `us`: this process submitted the job and may stage and rent. `other`: one that is alive does. `nobody`: it died. */
  readonly driver: 'us' | 'other' | 'nobody';
}

/** What is to be done to the world, by the one interpreter in `jobs/`. */
export type Effect =
  | { readonly kind: 'upload' }
  | { readonly kind: 'create'; readonly machine: string; readonly gpu: string | null; readonly quote: number | null }
  | { readonly kind: 'sendStop'; readonly reason: string }
  | { readonly kind: 'terminate'; readonly machine: string; readonly id: string }
  | { readonly kind: 'collect' };

export interface Decision {
  /** To be journalled before any effect. */
  readonly events: readonly JobEvent[];
  readonly effects: readonly Effect[];
}

export interface Situation {
  readonly seen: Observation;
  readonly now: number;
  readonly policy: Policy;
}

/** One concern of a job's life: what it makes of a situation, given all that earlier rules have concluded. */
export type Rule = (job: JobState, situation: Situation) => Decision;

export const NOTHING: Decision = { events: [], effects: [] };
