import type { ColumnProfile, Profile } from '../../src/core/profile/schema.ts';

type Column = Partial<ColumnProfile> & Pick<ColumnProfile, 'name'>;

/** A column profile with dull values wherever the test names none. */
function column(given: Column, index: number): ColumnProfile {
  return {
    index,
    kind: 'number',
    role: 'numeric',
    missing: 0,
    distinct: 500,
    distinctExact: true,
    top: [],
    topComplete: false,
    findings: [],
    ...given,
  };
}

/** A profile of `rows` rows that was read whole. */
export function profileOf(columns: readonly Column[], rows = 1000): Profile {
  return {
    version: 1,
    name: 'data.csv',
    format: 'csv',
    compression: null,
    dialect: { delimiter: ',', quote: '"', encoding: 'utf-8', decimal: '.', thousands: null, missing: [] },
    rows,
    exact: true,
    columns: columns.map(column),
    findings: [],
  };
}

/** A column of classes with these counts. */
export function classes(name: string, counts: Readonly<Record<string, number>>, given: Partial<ColumnProfile> = {}) {
  const top = Object.entries(counts).map(([value, count]) => ({ value, count }));
  return { name, kind: 'string', role: 'category', distinct: top.length, top, topComplete: true, ...given } as const;
}

export const number = (name: string, given: Partial<ColumnProfile> = {}): Column => ({ name, ...given });
