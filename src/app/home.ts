import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { appendExclusively, readText } from '../base/files.ts';
import type { Environment } from './settings-from-environment.ts';

/** The Tabpod home: TABPOD_HOME, else the platform's folder for state that must not be lost. */
export function tabpodHome(environment: Environment): string {
  const chosen = environment.TABPOD_HOME;
  return chosen ? resolve(chosen) : envPaths('tabpod', { suffix: '' }).data;
}

/** Six hexadecimal digits that tell this home's machines from every other Tabpod's; made once. */
export async function ownerOfHome(home: string): Promise<string> {
  await appendExclusively(home, 'owner', randomBytes(3).toString('hex'));
  const owner = (await readText(`${home}/owner`))?.trim() ?? '';
  if (!/^[0-9a-f]{6}$/.test(owner))
    throw new Error(`${home}/owner does not hold six hexadecimal digits. Restore it, or delete it: a new one is made.`);
  return owner;
}
