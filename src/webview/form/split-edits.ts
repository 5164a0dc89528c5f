import type { FormColumn } from '../../protocol/form.ts';
import type { Json } from './state.ts';

/** Ways to divide the rows that the form offers; '' leaves it to the plan. */
export const SPLIT_KINDS = ['', 'random', 'time', 'group', 'column'] as const;
export type SplitKind = (typeof SPLIT_KINDS)[number];
/** A split as the spec holds it: whatever the user wrote. */
export type SplitJson = { readonly [key: string]: Json };

/** What each kind that goes by a column looks for, most wanted first. */
const WANTED: Readonly<Record<string, readonly ((column: FormColumn) => boolean)[]>> = {
  time: [({ role }) => role === 'date', ({ name }) => /date|time|year|month|day/i.test(name)],
  group: [
    ({ name }) => /group|subject|patient|person|user|customer|session|household/i.test(name),
    ({ role }) => role === 'category_high',
    ({ role }) => role === 'category',
  ],
  column: [({ name }) => /^(is_?)?(split|part|set|fold|test|train|holdout)/i.test(name)],
};

/** The split after the user has chosen another kind: shares stay, and a column is proposed where one is needed. */
export function withKind(split: SplitJson, kind: string, columns: readonly FormColumn[]): SplitJson | undefined {
  const { test, validation } = split;
  const column = proposedColumn(kind, columns);
  return cleaned({
    kind: kind || 'auto',
    ...(column === undefined ? {} : { column }),
    ...(test === undefined || kind === 'column' || split.kind === 'file' ? {} : { test }),
    ...(validation === undefined ? {} : { validation }),
  });
}

/** The split with one of its settings changed, or taken out. */
export function withSetting(split: SplitJson, name: string, value: Json | undefined): SplitJson | undefined {
  const others = Object.entries(split).filter(([key]) => key !== name);
  return cleaned({ kind: 'auto', ...Object.fromEntries(others), ...(value === undefined ? {} : { [name]: value }) });
}

/** Nothing at all when it says no more than the plan would do by itself. */
function cleaned(split: SplitJson): SplitJson | undefined {
  return split.kind === 'auto' && Object.keys(split).length === 1 ? undefined : split;
}

function proposedColumn(kind: string, columns: readonly FormColumn[]): string | undefined {
  const wanted = WANTED[kind];
  if (!wanted) return undefined;
  const found = wanted.map((wants) => columns.find(wants)).find((column) => column !== undefined);
  return (found ?? columns[0])?.name;
}
