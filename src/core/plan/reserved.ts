import { TabpodError } from '../error.ts';
import type { Family } from '../model-type.ts';
import type { Spec } from '../spec/schema.ts';

/** Refuses, by name, what a spec may say but no script does yet: nothing that the user wrote is passed over in silence. */
export function refuseReserved(spec: Spec, family: Family): void {
  const field = reservedField(spec, family);
  if (field) throw new TabpodError('plan/reserved', { field });
}

function reservedField(spec: Spec, family: Family): string | undefined {
  if (spec.rows?.length) return 'rows';
  if (spec.families?.some((other) => other !== family)) return 'families';
  if (spec.folds !== undefined) return 'folds';
  if ((spec.machines ?? 1) > 1) return 'machines';
  if ((spec.compute?.gpuCount ?? 1) > 1) return 'compute.gpuCount';
  const missing = Object.entries(spec.columns ?? {}).find(([, options]) => options.missing);
  return missing ? `columns.${missing[0]}.missing` : undefined;
}
