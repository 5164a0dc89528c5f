import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { systemCode } from '../../base/error.ts';
import { appendExclusively, readText, writeWhole } from '../../base/files.ts';
import { fromJson } from '../../base/json.ts';
import type { Log } from '../../base/log.ts';

/** A machine of this computer, as any process finds it: intended first, then with its process. */
const recordSchema = z.object({
  id: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** `null` until the process runs. The runner waits for it. */
  pid: z.nullable(z.int().check(z.gt(1))),
  started: z.nullable(z.string()),
});
export type MachineRecord = z.infer<typeof recordSchema>;

/** The machines this computer ever had, one small file each. */
export interface MachineRecords {
  /** False when there was one of this id before. */
  reserve(record: MachineRecord): Promise<boolean>;
  write(record: MachineRecord): Promise<void>;
  read(id: string): Promise<MachineRecord | undefined>;
  all(): Promise<readonly MachineRecord[]>;
  /** Path of a file that belongs to a machine. */
  path(id: string, ending: 'json' | 'log'): string;
}

export function openRecords(folder: string, log: Log): MachineRecords {
  const path = (id: string, ending: 'json' | 'log') => join(folder, `${id}.${ending}`);

  async function read(id: string): Promise<MachineRecord | undefined> {
    const text = await readText(path(id, 'json'));
    if (text === undefined) return undefined;
    const parsed = recordSchema.safeParse(fromJson(text));
    if (parsed.success && parsed.data.id === id) return parsed.data;
    log.warn(`${path(id, 'json')} is not the record of a machine`);
    return undefined;
  }

  return {
    path,
    read,
    reserve: (record) => appendExclusively(folder, `${record.id}.json`, JSON.stringify(record)),
    write: (record) => writeWhole(path(record.id, 'json'), JSON.stringify(record)),
    async all() {
      const names = (await filesIn(folder)).filter((name) => /^[A-Za-z0-9_-]+\.json$/.test(name));
      const records = await Promise.all(names.map((name) => read(name.slice(0, -'.json'.length))));
      return records.filter((record) => record !== undefined);
    },
  };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
