import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, systemCode } from '../base/error.ts';
import { appendExclusively, writeWhole } from '../base/files.ts';
import { fromJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { TabpodError } from '../core/error.ts';
import { type JobEvent, jobEventSchema } from '../core/job/events.ts';
import { fold } from '../core/job/fold.ts';
import type { JobState } from '../core/job/state.ts';
import { type ModelId, modelIdSchema } from '../core/model-id.ts';
import { writingHome } from './writing.ts';

/** A job as the ledger holds it, and the number its next event would get. */
export interface JobRecord {
  readonly state: JobState;
  readonly next: number;
}

/**
 * The durable record of all jobs, shared by every window, editor and CLI of this user.
 *
 *     jobs/<id>/events/000001.json …   one file an event, never changed again
 *     jobs/<id>/script.py, metrics.json, train.log
 *     live/<id>                        empty; there while the job is not settled
 */
export interface Ledger {
  /** Records a new job and the script the user saw. */
  create(id: ModelId, submitted: JobEvent & { kind: 'submitted' }, script: string): Promise<void>;
  /** `undefined` when there is no such job or its first event cannot be read. */
  read(id: ModelId): Promise<JobRecord | undefined>;
  /** Writes event `number`; false when somebody wrote that number first: read and decide again. */
  append(id: ModelId, number: number, event: JobEvent): Promise<boolean>;
  /** Writes an event that is true whatever else happened: it takes the next free number. */
  record(id: ModelId, event: JobEvent): Promise<void>;
  list(): Promise<readonly ModelId[]>;
  live(): Promise<readonly ModelId[]>;
  /** Takes a settled job off the live list. */
  settle(id: ModelId): Promise<void>;
  /** Where a file of a job lies or is to be written. */
  path(id: ModelId, file: string): string;
}

const EVENT_FILE = /^\d{6}\.json$/;
const MAX_RACES = 100;

/** Opens the ledger of a Tabpod home; nothing is created before the first job. */
export function openLedger(home: string, log: Log): Ledger {
  const jobsFolder = join(home, 'jobs');
  const liveFolder = join(home, 'live');
  const path = (id: ModelId, file: string) => join(jobsFolder, id, file);

  const said = new Set<string>();
  const complain = (line: string) => {
    if (!said.has(line)) log.error(line);
    said.add(line);
  };

  async function append(id: ModelId, number: number, event: JobEvent): Promise<boolean> {
    const name = `${String(number).padStart(6, '0')}.json`;
    return await writingHome(home, () => appendExclusively(path(id, 'events'), name, `${JSON.stringify(event)}\n`));
  }

  async function read(id: ModelId): Promise<JobRecord | undefined> {
    const folder = path(id, 'events');
    const names = (await namesIn(folder)).filter((name) => EVENT_FILE.test(name)).sort();
    const events: JobEvent[] = [];
    for (const name of names) {
      const event = await readEvent(join(folder, name), complain);
      if (event) events.push(event);
    }
    const state = fold(events);
    const last = Number.parseInt(names.at(-1) ?? '0', 10);
    if (!state && names.length > 0)
      complain(`${folder} does not tell what was submitted: its machines are not looked at`);
    return state && { state, next: last + 1 };
  }

  return {
    path,
    append,
    read,
    async create(id, submitted, script) {
      await writingHome(home, async () => {
        await mkdir(path(id, 'events'), { recursive: true });
        await writeWhole(path(id, 'script.py'), script);
        await mkdir(liveFolder, { recursive: true });
        await writeFile(join(liveFolder, id), '');
      });
      if (!(await append(id, 1, submitted))) throw new Error(`job ${id} is in the ledger already`);
    },
    async record(id, event) {
      for (let race = 0; race < MAX_RACES; race += 1) {
        const job = await read(id);
        if (await append(id, job?.next ?? 1, event)) return;
      }
      throw new Error(`no free event number for ${id}`);
    },
    list: async () => idsIn(await namesIn(jobsFolder)),
    live: async () => idsIn(await namesIn(liveFolder)),
    settle: (id) => rm(join(liveFolder, id), { force: true }),
  };
}

/** Newest first: the time is part of every id, but behind the dataset's name. */
function idsIn(names: readonly string[]): readonly ModelId[] {
  const ids = names.flatMap((name) => modelIdSchema.safeParse(name).data ?? []);
  const time = (id: ModelId) => id.split('_').slice(-3).join('_');
  return ids.sort((a, b) => (time(a) < time(b) ? 1 : -1));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new TabpodError('data/read-failed', { name: folder, detail: messageOf(error) }, { cause: error });
  }
}

/**
 * The others still tell most of the story. A torn event is set aside, once, and said; one that reads well and says what
 * this version does not know stays where it is, for the newer version that wrote it.
 */
async function readEvent(file: string, complain: (line: string) => void): Promise<JobEvent | undefined> {
  const json = fromJson(await readFile(file, 'utf8'));
  const parsed = jobEventSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  if (json !== undefined) {
    complain(`${file} is not an event this version of Tabpod can read; a newer one may`);
    return undefined;
  }
  const aside = `${file}.broken-${randomBytes(2).toString('hex')}`;
  complain(`${file} is not an event this version of Tabpod can read; it is kept as ${aside}`);
  await rename(file, aside).catch(() => undefined);
  return undefined;
}
