import { basename } from 'node:path';
import { formatName } from '../../core/profile/formats.ts';
import type { Profile } from '../../core/profile/schema.ts';
import type { FormColumn, FormMessage, FormPlan } from '../../protocol/form.ts';
import type { Ready } from '../spec/judge.ts';
import type { Reading } from '../spec/session.ts';

/** The profile's state in the words of the form. */
export function profileMessage(reading: Reading): FormMessage<'profile'> {
  const empty = { type: 'profile', profile: null } as const;
  switch (reading.state) {
    case 'none':
      return { ...empty, state: 'none', text: '' };
    case 'asking':
      return {
        ...empty,
        state: 'asking',
        text: `This spec reads ${reading.what}, which lies outside the workspace. Nothing is read before you agree.`,
      };
    case 'failed':
      return { ...empty, state: 'failed', text: reading.text };
    case 'reading':
      if (!reading.profile) return { ...empty, state: 'reading', text: 'Reading the dataset…' };
      return shown('reading', reading.profile, `${seen(reading.profile)} so far. Reading the rest…`);
    case 'ready':
      return shown('ready', reading.profile, whole(reading.profile));
  }
}

function shown(state: 'reading' | 'ready', profile: Profile, text: string): FormMessage<'profile'> {
  const { rows, exact, bytes = null } = profile;
  return {
    type: 'profile',
    state,
    text,
    profile: { rows, exact, bytes, columns: profile.columns.map(columnOf(rows)) },
  };
}

function columnOf(rows: number) {
  return ({ name, kind, role, missing, distinct, distinctExact }: Profile['columns'][number]): FormColumn => ({
    name,
    kind,
    role,
    missing: rows > 0 ? missing / rows : 0,
    distinct,
    distinctExact,
  });
}

/** What it is goes without saying of a plain CSV. */
function seen(profile: Profile): string {
  const { rows, columns, format } = profile;
  const kind = profile.compression === null && (format === 'csv' || format === 'tsv') ? '' : `${formatName(profile)}: `;
  return `${kind}${plural(rows, 'row')} and ${plural(columns.length, 'column')}`;
}

function whole(profile: Profile): string {
  return profile.exact
    ? `${seen(profile)}.`
    : `${seen(profile)} at the beginning of the dataset; the rest was not read.`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What the plan adds to the spec, for the page. */
export function planView(ready: Ready | undefined): FormPlan | null {
  if (!ready) return null;
  const { task, modelType, features, leftOut, hyperparameters, split, seed } = ready.plan;
  return {
    task,
    modelType,
    features: features.map(({ name }) => name),
    leftOut: leftOut.map(({ name, reason }) => ({ name, reason })),
    hyperparameters: { ...hyperparameters },
    split: {
      test: 'test' in split && typeof split.test === 'number' ? split.test : null,
      validation: split.validation,
    },
    seed,
  };
}

/** The dataset's name for people: the last part of its path or address. */
export function datasetName(spec: Readonly<Record<string, unknown>> | null): string {
  const dataset = spec?.dataset;
  if (typeof dataset !== 'object' || dataset === null) return 'a dataset';
  const [place] = Object.values(dataset).filter((value) => typeof value === 'string');
  return basename((place ?? '').replace(/[?#].*$/, '').replaceAll('\\', '/')) || 'a dataset';
}
