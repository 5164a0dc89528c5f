import type { Spec } from '../spec/schema.ts';

export interface Limits {
  readonly hours: number;
  readonly usd: number;
}

/** Agreed unless the spec says otherwise. */
export const DEFAULT_LIMITS: Limits = { hours: 2, usd: 5 };

/** The limits that a spec puts on its job, in hours and US dollars. */
export function limitsOf({ limits }: Pick<Spec, 'limits'>): Limits {
  return { hours: limits?.hours ?? DEFAULT_LIMITS.hours, usd: limits?.usd ?? DEFAULT_LIMITS.usd };
}
