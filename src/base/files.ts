import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from './error.ts';

/** Writes a file so that readers see the old content or the new one, and a crash loses neither. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = await writeTemporary(dirname(path), content);
  await rename(temporary, path);
}

/**
 * Makes `folder/name` with this content unless it is there already; false when it is. Exclusive between processes:
 * the finished temporary file gets its name by a hard link, which fails when the name is taken.
 */
export async function appendExclusively(folder: string, name: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(folder, content);
  try {
    await link(temporary, join(folder, name));
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The text of a file; `undefined` when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeTemporary(folder: string, content: string | Uint8Array): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return path;
}
