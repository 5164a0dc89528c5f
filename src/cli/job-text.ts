import type { JobView } from '../app/tabpod.ts';
import { sentence } from '../core/error.ts';
import type { Outcome } from '../core/job/events.ts';
import { failureMessage } from '../core/job/failure.ts';
import { phaseOf } from '../core/job/state.ts';

/** An outcome in a few words. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      return `failed (${outcome.reason})`;
    case 'stopped':
      return `stopped (${outcome.by})`;
    case 'lost':
      return 'lost';
  }
}

/** What a job failed of, as a sentence. */
export function failureText(outcome: Outcome & { kind: 'failed' }): string {
  const known = failureMessage(outcome);
  return known ? sentence(known.code, known.facts) : outcome.detail;
}

/** A job as `--json` prints it. */
export function jobJson({ id, state, settled, costUsd, trouble }: JobView): object {
  const { submission } = state;
  return {
    id,
    state: phaseOf(state),
    settled,
    outcome: state.outcome,
    backend: submission.backend,
    model: submission.modelType,
    target: submission.target,
    dataset: submission.dataset.name,
    submitted: new Date(state.submittedAt).toISOString(),
    ended: state.endedAt === null ? null : new Date(state.endedAt).toISOString(),
    machines: state.machines.map((machine) => ({
      name: machine.name,
      id: machine.id,
      gpu: machine.gpu,
      state: machine.state,
      pricePerHour: machine.pricePerHour,
      refusal: machine.refusal && { failure: machine.refusal.failure, detail: machine.refusal.detail },
      /** Whether two reads by a proven key no longer showed it; a machine that was never rented is gone too. */
      verifiedGone: machine.state === 'gone' || machine.state === 'refused',
    })),
    cost: { usd: costUsd === null ? null : Math.round(costUsd * 1e6) / 1e6 },
    trouble: trouble ?? null,
  };
}
