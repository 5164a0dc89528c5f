import { TabpodError } from '../error.ts';
import type { ColumnProfile, Role } from '../profile/schema.ts';
import type { Spec } from '../spec/schema.ts';
import { notBoolean } from './classes.ts';
import type { LeftOut, PlannedFeature } from './schema.ts';
import { isNumeric, type Table } from './table.ts';

type Decision = PlannedFeature | LeftOut;

/** Which columns are learnt from and as what, in the order of the file; throws TabpodError `plan/…`. */
export function featuresOf(spec: Spec, table: Table): { features: PlannedFeature[]; leftOut: LeftOut[] } {
  checkNames(spec, table);
  const chosen = spec.features && new Set(spec.features);
  const decisions = table.profile.columns
    .filter(({ name }) => name !== spec.target)
    .map((column) => (chosen ? ifChosen(column, chosen, spec) : byDefault(column, spec)));
  const features = decisions.filter((decision) => 'role' in decision);
  if (features.length === 0) {
    throw new TabpodError('plan/no-feature', { dataset: table.profile.name, column: spec.target });
  }
  return { features, leftOut: decisions.filter((decision) => 'reason' in decision) };
}

/** The role that the user gave, or else the profile’s; a date format says that the column holds dates. */
export function roleOf(column: ColumnProfile, spec: Spec): Role {
  const options = optionsOf(column.name, spec);
  return options?.role ?? (options?.dateFormat ? 'date' : column.role);
}

/** The format the dates of a column are read by: the user’s, or else the one that was recognised. */
export function dateFormatOf(column: ColumnProfile, spec: Spec): string | null {
  return optionsOf(column.name, spec)?.dateFormat ?? column.dateFormat ?? null;
}

function checkNames(spec: Spec, table: Table): void {
  for (const name of spec.features ?? []) {
    if (name === spec.target) throw new TabpodError('plan/target-as-feature', { column: name });
    table.column(name, 'features');
  }
  for (const name of Object.keys(spec.columns ?? {})) {
    if (name === spec.target) throw new TabpodError('plan/target-options', { column: name });
    table.column(name, 'columns');
  }
}

function ifChosen(column: ColumnProfile, chosen: ReadonlySet<string>, spec: Spec): Decision {
  if (!chosen.has(column.name)) return { name: column.name, reason: 'not chosen' };
  const role = roleOf(column, spec);
  switch (role) {
    case 'constant':
      return { name: column.name, reason: 'constant' };
    case 'id':
      return feature(column, isNumeric(column) ? 'numeric' : 'category_high', spec);
    case 'text':
      return feature(column, 'category_high', spec);
    default:
      return feature(column, role, spec);
  }
}

function byDefault(column: ColumnProfile, spec: Spec): Decision {
  const { name } = column;
  if (name === spec.sampleWeight) return { name, reason: 'weight' };
  if (spec.split?.kind === 'group' && name === spec.split.column) return { name, reason: 'group' };
  if (spec.split?.kind === 'column' && name === spec.split.column) return { name, reason: 'split' };
  const role = roleOf(column, spec);
  if (role === 'id' || role === 'text' || role === 'constant') return { name, reason: role };
  return feature(column, role, spec);
}

function feature(column: ColumnProfile, role: Role, spec: Spec): PlannedFeature {
  if (role === 'boolean' && column.kind !== 'boolean') {
    const value = notBoolean(column) ?? (column.topComplete ? undefined : '…');
    if (value !== undefined) throw new TabpodError('plan/role-boolean', { column: column.name, value });
  }
  if (role !== 'date') return { name: column.name, role, dateFormat: null };
  const dateFormat = dateFormatOf(column, spec);
  if (dateFormat === null) throw new TabpodError('plan/role-date', { column: column.name });
  return { name: column.name, role, dateFormat };
}

function optionsOf(name: string, spec: Spec) {
  return spec.columns && Object.hasOwn(spec.columns, name) ? spec.columns[name] : undefined;
}
