import { type ModelId, shortId } from '../model-id.ts';

const PATTERN = /^tabpod-([0-9a-f]{6})-([0-9a-f]{8})-(\d+)$/;

/** `tabpod-<owner 6>-<job 8>-<try>`: unique for every create call there ever is. */
export function machineName(owner: string, id: ModelId, attempt: number): string {
  return `tabpod-${owner}-${shortId(id)}-${attempt}`;
}

/** The owner in a machine's name; `undefined` for a machine that no Tabpod named. */
export function ownerOf(name: string): string | undefined {
  return PATTERN.exec(name)?.[1];
}
