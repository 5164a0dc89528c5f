import { readText, writeWhole } from '../base/files.ts';
import { fromJson } from '../base/json.ts';
import { keys } from '../core/contract/keys.ts';
import { statusSchema } from '../core/contract/status.ts';
import { TabpodError } from '../core/error.ts';
import type { JobState } from '../core/job/state.ts';
import type { ModelId } from '../core/model-id.ts';
import { type Report, reportSchema } from '../core/report/schema.ts';
import { downloadAll } from './collect.ts';
import type { JobsContext } from './context.ts';

/** A log chunk is at most 256 KB; a little more for the line that crossed the bound. */
const CHUNK_MAX_BYTES = 512 * 1024;

/** What a job left behind, from the ledger where it is, else from the volume. */
export interface Results {
  script(id: ModelId): Promise<string>;
  log(id: ModelId): Promise<string>;
  report(id: ModelId): Promise<Report>;
  download(id: ModelId, folder: string): Promise<readonly string[]>;
}

export function createResults(context: JobsContext): Results {
  const { ledger } = context;

  async function stateOf(id: ModelId): Promise<JobState> {
    const record = await ledger.read(id);
    if (!record) throw new TabpodError('job/unknown', { id });
    return record.state;
  }

  async function chunk(id: ModelId, number: number): Promise<string> {
    const path = ledger.path(id, `log/${number}.txt`);
    const kept = await readText(path);
    if (kept !== undefined) return kept;
    const { volume } = await context.backend((await stateOf(id)).submission);
    const bytes = await volume.read(keys.logChunk(id, number), CHUNK_MAX_BYTES);
    const text = new TextDecoder().decode(bytes);
    // A closed chunk never changes, so it is fetched once.
    if (bytes) await writeWhole(path, text);
    return text;
  }

  /** Closed chunks and the newest lines, of a job that still runs or never came to an orderly end. */
  async function partialLog(id: ModelId): Promise<string> {
    const state = await stateOf(id);
    if (state.runningSince === null) return '';
    const { volume } = await context.backend(state.submission);
    const bytes = await volume.read(keys.status(id), CHUNK_MAX_BYTES);
    const status = bytes && statusSchema.safeParse(fromJson(new TextDecoder().decode(bytes))).data;
    if (!status) return '';
    const chunks = await Promise.all(Array.from({ length: status.logChunks }, (_, index) => chunk(id, index + 1)));
    return chunks.length > 0 ? chunks.join('') : `${status.tail.join('\n')}\n`;
  }

  return {
    async script(id) {
      const text = await readText(ledger.path(id, 'script.py'));
      if (text === undefined) throw new TabpodError('job/unknown', { id });
      return text;
    },
    log: async (id) => (await readText(ledger.path(id, 'train.log'))) ?? (await partialLog(id)),
    async report(id) {
      const text = await readText(ledger.path(id, 'metrics.json'));
      if (text === undefined) throw new TabpodError('job/no-metrics', { id });
      const parsed = reportSchema.safeParse(fromJson(text));
      if (!parsed.success) throw new TabpodError('job/damaged', { name: 'metrics.json' }, { cause: parsed.error });
      return parsed.data;
    },
    async download(id, folder) {
      const { submission, final } = await stateOf(id);
      if (!final) throw new TabpodError('job/no-metrics', { id });
      return await downloadAll(id, final.status, (await context.backend(submission)).volume, folder);
    },
  };
}
