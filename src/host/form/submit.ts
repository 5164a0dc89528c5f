import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Tabpod } from '../../app/tabpod.ts';
import { TabpodError } from '../../core/error.ts';
import { limitsOf } from '../../core/job/limits.ts';
import type { ModelId } from '../../core/model-id.ts';
import type { FormOffer as Offer } from '../../protocol/form.ts';
import type { Previews } from '../preview/module.ts';
import type { Ready } from '../spec/judge.ts';
import type { SpecSession } from '../spec/session.ts';

export interface SubmitDeps {
  readonly tabpod: Tabpod;
  readonly previews: Previews;
  /** Hashes of what this user has agreed to run on this computer. */
  readonly approvals: vscode.Memento;
  busy(spec: vscode.Uri, text: string | null): void;
  /** The offers as the form shows them; empty when none were read. */
  offers(): readonly Offer[];
}

const APPROVED = 'approved';
const MAX_APPROVED = 500;

/**
 * Submits a spec: the script on the screen is the script that runs. `here` runs it on this computer whatever the spec
 * says. Resolves to the job's id, or `undefined` when the user said no.
 */
export async function submit(session: SpecSession, here: boolean, deps: SubmitDeps): Promise<ModelId | undefined> {
  if (!vscode.workspace.isTrusted) throw new TabpodError('host/untrusted', {});
  const spec = session.document.uri;
  deps.busy(spec, vscode.l10n.t('Reading the whole dataset…'));
  try {
    const settled = await session.settled();
    const ready = settled && (here ? onThisComputer(settled, deps.tabpod) : settled);
    if (!ready) throw firstProblem(session);
    const seen = deps.previews.isShown(spec, ready.script);
    if (!seen) await deps.previews.show(session, ready.script);
    deps.busy(spec, vscode.l10n.t('Waiting for your answer…'));
    if (!(await agreed(ready, session, seen, deps))) return undefined;
    deps.busy(spec, vscode.l10n.t('Submitting…'));
    return await deps.tabpod.jobs.submit({ ...ready, folder: session.folder });
  } finally {
    deps.busy(spec, null);
  }
}

/** The same job on this computer: another device makes another script. */
function onThisComputer({ spec, profile }: Ready, tabpod: Tabpod): Ready {
  const here = { ...spec, compute: { ...spec.compute, backend: 'local' as const } };
  const plan = tabpod.plan(here, profile);
  return { spec: here, profile, plan, script: tabpod.script(plan) };
}

function firstProblem({ verdict, reading }: SpecSession): Error {
  const [problem] = verdict.problems;
  if (problem) return new Error(problem.text);
  return new Error(reading.state === 'failed' ? reading.text : vscode.l10n.t('Read the dataset in the form first.'));
}

/**
 * Renting always asks, with what it may cost. On this computer a script is asked about once, unless the user made its
 * spec here and has it on the screen.
 */
async function agreed(ready: Ready, session: SpecSession, seen: boolean, deps: SubmitDeps): Promise<boolean> {
  const { spec } = ready;
  if (spec.compute?.backend === 'runpod')
    return await ask(question(ready), rentDetail(ready, deps), vscode.l10n.t('Rent and Train'));
  const hash = createHash('sha256').update(ready.script).digest('hex');
  const approved = deps.approvals.get<readonly string[]>(APPROVED, []);
  if ((session.isDraft && seen) || approved.includes(hash)) return true;
  const detail = vscode.l10n.t('The script beside the form runs with your rights and this computer’s Python.');
  if (!(await ask(question(ready), detail, vscode.l10n.t('Run Here')))) return false;
  await deps.approvals.update(APPROVED, [hash, ...approved].slice(0, MAX_APPROVED));
  return true;
}

function question({ plan, profile }: Ready): string {
  return vscode.l10n.t('Train a model that predicts “{0}” from {1}?', plan.target, profile.name);
}

/** Every line is a line of the spec that costs money or runs code. */
function rentDetail({ spec }: Ready, deps: Pick<SubmitDeps, 'offers'>): string {
  const { compute } = spec;
  const { hours, usd } = limitsOf(spec);
  const lines = [
    gpuLine(compute?.gpus, deps.offers()),
    vscode.l10n.t('Limits: {0} h and {1} US dollars. The pod is ended when the first one is reached.', hours, usd),
  ];
  if (compute?.image) lines.push(vscode.l10n.t('Container image from the spec: {0}', compute.image));
  return lines.join('\n');
}

function gpuLine(wanted: readonly string[] | undefined, offers: readonly Offer[]): string {
  const priced = (gpu: string) => {
    const price = offers.find((offer) => offer.gpu === gpu)?.pricePerHour;
    return price === undefined ? gpu : vscode.l10n.t('{0} at {1} US dollars an hour', gpu, price.toFixed(2));
  };
  if (wanted) return vscode.l10n.t('GPU: {0}', wanted.map(priced).join(vscode.l10n.t(', else ')));
  const cheapest = offers.find(({ stock }) => stock !== 'none');
  return cheapest
    ? vscode.l10n.t('GPU: the cheapest in stock, now {0}', priced(cheapest.gpu))
    : vscode.l10n.t('GPU: the cheapest in stock');
}

async function ask(message: string, detail: string, yes: string): Promise<boolean> {
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, yes)) === yes;
}
