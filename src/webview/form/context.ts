import type { CatalogueEntry } from '../../core/catalogue/schema.ts';
import type { FormAction, Problem } from '../../protocol/form.ts';
import type { FormState, Json, Path } from './state.ts';

/** What every part of the form is given. */
export interface FormProps {
  readonly state: FormState;
  readonly catalogue: readonly CatalogueEntry[];
  edit(path: Path, value: Json | undefined): void;
  act(action: FormAction): void;
}

/** The problems of a field and of the places below it. */
export function problemsOf(state: FormState, field: string): readonly Problem[] {
  const all = state.verdict?.problems ?? [];
  return all.filter((problem) => problem.field === field || problem.field.startsWith(`${field}.`));
}
