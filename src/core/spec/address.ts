import type { DatasetRef, Spec } from './schema.ts';

/**
 * An http(s) address without what may be a secret: user info, query and fragment. This is what specs, scripts, job.json,
 * the ledger and logs hold; whoever reads the dataset asks for the whole address under this name.
 */
export function bareAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** A spec that may be stored: its dataset address is bare. */
export function withoutSecrets(spec: Spec): Spec {
  return { ...spec, dataset: bareRef(spec.dataset) };
}

/** Where a script reads a dataset when nobody tells it: a name without folders, an address without anything secret. */
export function placeOf(ref: DatasetRef): { readonly file: string } | { readonly url: string } {
  if ('url' in ref) return { url: bareAddress(ref.url) };
  const path = 'path' in ref ? ref.path : ref.key;
  return { file: path.split(/[\\/]/).findLast((part) => part !== '') ?? path };
}

export function bareRef(ref: DatasetRef): DatasetRef {
  return 'url' in ref ? { url: bareAddress(ref.url) } : ref;
}
