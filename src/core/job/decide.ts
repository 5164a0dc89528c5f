import type { Decision, Effect, Observation, Rule } from './decision.ts';
import type { JobEvent } from './events.ts';
import { apply } from './fold.ts';
import type { Policy } from './policy.ts';
import { account } from './rules/account.ts';
import { conclude } from './rules/conclude.ts';
import { launch } from './rules/launch.ts';
import { limit } from './rules/limit.ts';
import { stopping } from './rules/stopping.ts';
import type { JobState } from './state.ts';

/** In this order: believe what was seen, enforce limits, end what must end, then think of starting something. */
const RULES: readonly Rule[] = [account, limit, conclude, stopping, launch];

/** What follows from one look at a job. Pure: same arguments, same decision. */
export function decide(job: JobState, seen: Observation, now: number, policy: Policy): Decision {
  const events: JobEvent[] = [];
  const effects: Effect[] = [];
  let state = job;
  for (const rule of RULES) {
    const decision = rule(state, { seen, now, policy });
    events.push(...decision.events);
    effects.push(...decision.effects);
    state = decision.events.reduce(apply, state);
  }
  return { events, effects };
}
