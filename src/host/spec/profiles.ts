import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Tabpod } from '../../app/tabpod.ts';
import type { Profile } from '../../core/profile/schema.ts';
import type { DatasetRef } from '../../core/spec/schema.ts';

/** Enough to show every column within a moment. */
const SAMPLE_BYTES = 1024 * 1024;
/** As much of a remote dataset as is read at all: the script reads the rest. */
const REMOTE_BYTES = 8 * 1024 * 1024;
const KEPT = 20;

/** Profiles of datasets: a sample first, then the whole. Files that did not change are not read twice. */
export class Profiles {
  readonly #tabpod: Pick<Tabpod, 'profile'>;
  readonly #kept = new Map<string, Profile>();

  constructor(tabpod: Pick<Tabpod, 'profile'>) {
    this.#tabpod = tabpod;
  }

  /** Yields one or two profiles, the last one the best there will be. Throws TabpodError `data/…`. */
  async *read(ref: DatasetRef, folder: string, signal: AbortSignal): AsyncGenerator<Profile, void> {
    const key = await this.#keyOf(ref, folder);
    const kept = this.#kept.get(key);
    if (kept) {
      yield kept;
      return;
    }
    const sampleBytes = 'url' in ref ? REMOTE_BYTES : SAMPLE_BYTES;
    const sample = await this.#tabpod.profile(ref, { folder, signal, sampleBytes });
    yield sample;
    const whole = sample.exact || 'url' in ref ? sample : await this.#tabpod.profile(ref, { folder, signal });
    if (this.#kept.size >= KEPT) this.#kept.clear();
    this.#kept.set(key, whole);
    if (whole !== sample) yield whole;
  }

  /** Reads again, even what seems unchanged. */
  forget(): void {
    this.#kept.clear();
  }

  async #keyOf(ref: DatasetRef, folder: string): Promise<string> {
    if (!('path' in ref)) return JSON.stringify(ref);
    const path = resolve(folder, ref.path);
    const found = await stat(path).catch(() => undefined);
    return JSON.stringify([path, found?.size, found?.mtimeMs]);
  }
}
