import type { JobView } from '../../app/tabpod.ts';
import type { Report } from '../../core/report/schema.ts';
import type { ReportToPage } from '../../protocol/report.ts';
import { activityWord, dollars, jobTitle, metricWord, modelWord, numberWord, outcomeSentence } from './words.ts';

/** What is known of a job when its report is shown. */
export interface ReportFacts {
  readonly job: JobView;
  readonly report: Report | undefined;
  /** Why there is no report although the job ended. */
  readonly missing: string | undefined;
  readonly log: string;
  /** Names of the files that lie on this computer already. */
  readonly here: ReadonlySet<string>;
}

const TAIL_LINES = 30;
const PARTS = ['test', 'validation', 'train', 'baseline'] as const;
const PART_WORDS = { test: 'Test', validation: 'Validation', train: 'Training', baseline: 'Baseline (test)' } as const;

/** Why a script ended its rounds; what stops it from outside looks alike to it. */
const ROUNDS_ENDED: Readonly<Record<string, string>> = {
  early_stopping: 'no more improvement',
  round_limit: 'as many as allowed',
  time_limit: 'stopped before its end',
};

/** The page of a job, in words. */
export function reportView({ job, report, missing, log, here }: ReportFacts): ReportToPage {
  const { outcome } = job.state;
  return {
    type: 'report',
    title: jobTitle(job),
    subtitle: job.id,
    state: outcome?.kind ?? 'live',
    status: statusOf(job),
    reason: outcome && outcome.kind !== 'succeeded' ? outcomeSentence(outcome) : (missing ?? null),
    progress: progressOf(job),
    headline: report ? headlineOf(report) : null,
    metrics: report ? tableOf(report) : null,
    warnings: [...(job.trouble ? [job.trouble] : []), ...(report?.data.warnings ?? [])],
    facts: factsOf(job, report),
    files: filesOf(job, here),
    tail: report ? [] : log.split('\n').slice(-TAIL_LINES).filter(Boolean),
  };
}

function statusOf(job: JobView): string {
  const { outcome } = job.state;
  if (!outcome) return `${capital(activityWord(job))}…`;
  const gone = job.settled ? goneWord(job) : 'its machine is still being ended';
  const verb = outcome.kind === 'succeeded' ? 'Finished' : capital(outcome.kind);
  return `${verb} · ${dollars(job.costUsd)} · ${gone}`;
}

function goneWord({ state: { submission, machines } }: JobView): string {
  if (submission.backend === 'local') return 'ran on this computer';
  return machines.some(({ state }) => state === 'gone') ? 'pod gone' : 'no pod was rented';
}

function progressOf({ status, state: { outcome } }: JobView): number | null {
  if (outcome || status?.round == null || !status.of) return null;
  return Math.min(1, status.round / status.of);
}

/** The headline with its interval, and what it means against the baseline. */
function headlineOf({ headline, metrics }: Report): ReportToPage['headline'] {
  const { name, value, baseline, greater_is_better: up } = headline;
  if (value === null) return null;
  const { low, high } = metrics.test[name] ?? {};
  const interval = low == null || high == null ? '' : `95 % interval ${numberWord(low)} to ${numberWord(high)}`;
  return {
    name: capital(metricWord(name)),
    value: numberWord(value),
    interval,
    words: comparison(value, baseline, up),
  };
}

function comparison(value: number, baseline: number | null, up: boolean): string {
  const direction = up ? 'Higher is better.' : 'Lower is better.';
  if (baseline === null) return direction;
  const better = up ? value > baseline : value < baseline;
  const verdict = better ? 'better than' : value === baseline ? 'the same as' : 'worse than';
  return `On the test rows, ${verdict} always guessing the same (${numberWord(baseline)}). ${direction}`;
}

/** One row for every metric of the test part, in the report's order. */
function tableOf({ metrics }: Report): ReportToPage['metrics'] {
  const parts = PARTS.filter((part) => metrics[part]);
  const names = [...new Set(parts.flatMap((part) => Object.keys(metrics[part] ?? {})))];
  const rows = names.map((name) => ({
    name: metricWord(name),
    cells: parts.map((part) => numberWord(metrics[part]?.[name]?.value)),
  }));
  return { columns: parts.map((part) => PART_WORDS[part]), rows };
}

function factsOf({ state }: JobView, report: Report | undefined): ReportToPage['facts'] {
  const { submission } = state;
  const facts = [
    { label: 'Model', value: modelWord(submission.modelType) },
    { label: 'Where', value: submission.backend === 'local' ? 'This Computer' : machineWord(state) },
    {
      label: 'Submitted',
      value: new Date(state.submittedAt).toISOString().slice(0, 16).replace('T', ' ').concat(' UTC'),
    },
  ];
  if (!report) return facts;
  const { rows_used: used, rows_read: read, split } = report.data;
  facts.push(
    { label: 'Rows', value: used === read ? numberWord(used) : `${numberWord(used)} of ${numberWord(read)}` },
    {
      label: 'Split',
      value: `${split.kind}: ${split.train} training, ${split.validation} validation, ${split.test} test`,
    },
    { label: 'Device', value: report.device.actual },
  );
  if (report.rounds) {
    const { best, trained, stop_reason: why } = report.rounds;
    facts.push({
      label: 'Rounds',
      value: `best ${best} of ${trained} (${ROUNDS_ENDED[why] ?? why.replaceAll('_', ' ')})`,
    });
  }
  const { bagged = 0, refitted = false } = report.describes ?? {};
  if (bagged > 0) facts.push({ label: 'Final model', value: `the mean of ${bagged}, one a fold` });
  else if (refitted) facts.push({ label: 'Final model', value: 'fitted again with the validation rows' });
  const seconds = report.timing.total;
  if (seconds !== undefined) facts.push({ label: 'Script time', value: `${numberWord(seconds)} s` });
  return facts;
}

function machineWord({ machines }: JobView['state']): string {
  const gpu = machines.findLast(({ state }) => state !== 'refused')?.gpu;
  return gpu ? `RunPod, ${gpu}` : 'RunPod';
}

function filesOf({ state: { final } }: JobView, here: ReadonlySet<string>): ReportToPage['files'] {
  return Object.entries(final?.status.files ?? {}).map(([name, { bytes }]) => ({
    name,
    size: sizeWord(bytes),
    here: here.has(name),
  }));
}

/** A size with a unit people know. */
export function sizeWord(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${numberWord(bytes / 1000 ** power)} ${units[power]}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
