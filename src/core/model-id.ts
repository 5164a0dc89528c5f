import * as z from 'zod/mini';
import type { ModelType } from './model-type.ts';

/** `model_<dataset slug>_<model type>_<YYYYMMDD_HHMMSS UTC>_<4 hex>`: names a job, its folders and its keys. */
export type ModelId = string & { readonly modelId: true };

const PATTERN = /^model_[a-z0-9-]{1,24}_[a-z]+_[a-z_]+_\d{8}_\d{6}_[0-9a-f]{4}$/;

export const modelIdSchema = z.pipe(
  z.string().check(z.maxLength(120), z.regex(PATTERN)),
  z.transform((text) => text as ModelId),
);

/** Makes a model id. `random` is four hexadecimal digits, given so that this stays pure. */
export function modelId(datasetName: string, type: ModelType, at: Date, random: string): ModelId {
  const stamp = at.toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
  return modelIdSchema.parse(`model_${slug(datasetName)}_${type}_${stamp}_${random}`);
}

/** At most 24 characters of `[a-z0-9-]` that remind of the dataset's file name; `data` when none are left. */
export function slug(datasetName: string): string {
  const stem = datasetName.replace(/\.[A-Za-z0-9.]{1,12}$/, '');
  const plain = stem
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '');
  const words = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replace(/^-+|-+$/g, '');
  return words || 'data';
}

/** Eight characters that tell this job from the owner's others in a machine name. */
export function shortId(id: ModelId): string {
  const [day = '', time = '', hex = ''] = id.split('_').slice(-3);
  return `${day.slice(6)}${time.slice(4)}${hex}`;
}
