import type { JobView } from '../../app/tabpod.ts';
import type { Outcome, StopCause } from '../../core/job/events.ts';
import { failureMessage, withoutStop } from '../../core/job/failure.ts';
import { phaseOf } from '../../core/job/state.ts';
import { FAMILY_NAMES, parseModelType } from '../../core/model-type.ts';
import type { Report } from '../../core/report/schema.ts';
import { word } from '../explain.ts';

const METRICS: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  balanced_accuracy: 'balanced accuracy',
  log_loss: 'log loss',
  logloss: 'log loss',
  mlogloss: 'log loss',
  roc_auc: 'ROC AUC',
  pr_auc: 'PR AUC',
  average_precision: 'average precision',
  f1: 'F1',
  f1_macro: 'macro F1',
  macro_f1: 'macro F1',
  weighted_f1: 'weighted F1',
  f1_weighted: 'weighted F1',
  kappa: 'Cohen’s kappa',
  mcc: 'Matthews correlation',
  brier: 'Brier score',
  ece: 'calibration error',
  precision: 'precision',
  recall: 'recall',
  rmse: 'RMSE',
  mae: 'MAE',
  mse: 'MSE',
  median_ae: 'median absolute error',
  mape: 'MAPE',
  r2: 'R²',
  wape: 'WAPE',
  max_error: 'largest error',
  spearman: 'Spearman correlation',
};

/** A metric's name for people. */
export function metricWord(name: string): string {
  return METRICS[name] ?? name.replaceAll('_', ' ');
}

/** Four significant digits, without a trailing “.0” for whole numbers; empty when there is no number. */
export function numberWord(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7)) return value.toExponential(3);
  return value.toLocaleString('en', { maximumSignificantDigits: 4 });
}

/** US dollars; a cost below a cent is not nothing. */
export function dollars(usd: number | null): string {
  if (usd === null) return 'unknown cost';
  if (usd === 0) return 'no cost';
  return usd < 0.01 ? 'less than $0.01' : `$${usd.toFixed(2)}`;
}

const CAUSES: Readonly<Record<StopCause, string>> = {
  user: 'by you',
  time_limit: 'at its time limit',
  cost_limit: 'at its cost limit',
  interrupted: 'because it was interrupted',
  boot_timeout: 'because the machine did not start in time',
  silent: 'because the machine went silent',
  provider: 'because RunPod stopped its pod',
  price: 'because the machine cost more than was agreed',
};

/** What a job failed of: a sentence without its full stop. */
function failureWord(outcome: Outcome & { kind: 'failed' }): string {
  const known = failureMessage(outcome);
  const text = known ? word(known.code, known.facts) : outcome.detail;
  return withoutStop(text) || outcome.reason.replaceAll(/[_-]/g, ' ');
}

/** How a job ended, in a few words. */
export function outcomeWord(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      return `failed: ${failureWord(outcome)}`;
    case 'stopped':
      return `stopped ${CAUSES[outcome.by]}`;
    case 'lost':
      return 'lost: the machine is gone and left no result';
  }
}

/** How a job ended, as a sentence of its own. */
export function outcomeSentence(outcome: Outcome): string {
  const verb = { succeeded: '', failed: '', stopped: 'was ', lost: 'is ' }[outcome.kind];
  return `The job ${verb}${outcomeWord(outcome)}.`;
}

/** A model type for people: “XGBoost regression”. */
export function modelWord(modelType: string): string {
  const parsed = parseModelType(modelType);
  if (!parsed?.task) return modelType;
  return `${FAMILY_NAMES[parsed.family]} ${parsed.task.replaceAll('_', ' ')}`;
}

/** What a live job is doing, in a few words. */
export function activityWord(job: JobView): string {
  const { state, status, uploaded } = job;
  const phase = phaseOf(state);
  switch (phase) {
    case 'staging':
      return uploaded === undefined ? 'uploading' : `uploading ${Math.round(uploaded * 100)} %`;
    case 'launching':
      return state.submission.backend === 'runpod' ? 'renting a pod' : 'starting';
    case 'booting':
      return 'waiting for the machine';
    case 'running':
      return status ? runningWord(status) : 'running';
    case 'collecting':
      return 'fetching the results';
    case 'ended':
      return state.outcome ? outcomeWord(state.outcome) : 'ended';
  }
}

function runningWord({ state, phase, round, of, metric }: NonNullable<JobView['status']>): string {
  if (state === 'preparing') return 'preparing Python';
  const parts = [phase ?? 'running'];
  if (round !== null) parts.push(of === null ? `round ${round}` : `round ${round} of ${of}`);
  if (metric) parts.push(`${metricWord(metric.name)} ${numberWord(metric.value)}`);
  return parts.join(', ');
}

/** The headline of a finished job: “log loss 0.0412 (baseline 1.06)”. */
function headlineWord({ headline: { name, value, baseline } }: Report): string {
  const against = baseline === null ? '' : ` (baseline ${numberWord(baseline)})`;
  return value === null ? `no ${metricWord(name)}` : `${metricWord(name)} ${numberWord(value)}${against}`;
}

/** How a job ended and, where there is a report, its numbers: “stopped by you, RMSE 0.21 (baseline 1.06)”. */
export function endWord(outcome: Outcome, report: Report | undefined): string {
  if (!report) return outcomeWord(outcome);
  return outcome.kind === 'succeeded' ? headlineWord(report) : `${outcomeWord(outcome)}, ${headlineWord(report)}`;
}

/** A job's name for people. */
export function jobTitle({ state: { submission } }: JobView): string {
  return `${submission.dataset.name.replace(/\.[^.]*$/, '')} → ${submission.target}`;
}
