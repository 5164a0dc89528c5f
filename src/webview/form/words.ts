import type { FormColumn } from '../../protocol/form.ts';

const ROLES: Readonly<Record<string, string>> = {
  numeric: 'number',
  boolean: 'yes/no',
  category: 'category',
  category_high: 'many categories',
  date: 'date',
  text: 'text',
  id: 'identifier',
  constant: 'constant',
};

/** A role of the profile in the words of the form. */
export function roleWord(role: string): string {
  return ROLES[role] ?? role;
}

export const TASK_WORDS = {
  regression: 'Regression: a number',
  binary_classification: 'Binary classification: one of two classes',
  multiclass_classification: 'Multiclass classification: one of several classes',
} as const;

/** A share between 0 and 1 as a percentage that never rounds something to nothing. */
export function percent(share: number): string {
  if (share === 0) return '0 %';
  return share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;
}

/** How many different values, `≥` where the profile only estimated. */
export function distinctWord({ distinct, distinctExact }: FormColumn): string {
  return `${distinctExact ? '' : '~'}${distinct.toLocaleString('en')}`;
}

/** One line on a column, for lists that can show text only. */
export function columnLine(column: FormColumn): string {
  const values = column.distinct === 1 ? 'value' : 'values';
  const missing = column.missing > 0 ? `, ${percent(column.missing)} missing` : '';
  return `${roleWord(column.role)}, ${distinctWord(column)} ${values}${missing}`;
}
