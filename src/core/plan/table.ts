import { TabpodError } from '../error.ts';
import type { ColumnProfile, Profile } from '../profile/schema.ts';
import { nearestNames } from '../spec/nearest.ts';

/** A profile whose columns can be asked for by name. */
export interface Table {
  readonly profile: Profile;
  /** The column of this name; throws `plan/no-column`. `field` is the setting that names it. */
  column(name: string, field: string): ColumnProfile;
}

export function tableOf(profile: Profile): Table {
  const byName = new Map(profile.columns.map((column) => [column.name, column]));
  return {
    profile,
    column(name, field) {
      const column = byName.get(name);
      if (column) return column;
      const nearest = nearestNames(name, byName.keys());
      throw new TabpodError('plan/no-column', { column: name, dataset: profile.name, field, nearest });
    },
  };
}

/** Whether the cells are numbers, whole or not. */
export function isNumeric(column: ColumnProfile): boolean {
  return column.kind === 'integer' || column.kind === 'number';
}

/** Rows that have a value in this column, of those that were read. */
export function filledRows(profile: Profile, column: ColumnProfile): number {
  return profile.rows - column.missing;
}
