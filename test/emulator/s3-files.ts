import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { WAITS, type World } from './world.ts';

/** *documented*: parts lie in a hidden folder of the volume until they are merged or dropped. */
export const UPLOADS = '.s3compat_uploads';

/** An object as S3 shows it at this moment, which need not be what lies in the folder. */
export interface StoredObject {
  readonly size: number;
  readonly modified: Date;
  readonly etag: string;
  read(start: number, end: number): Promise<Buffer>;
}

export interface S3Files {
  /** Writes under a temporary name and renames, so that a pod never sees half an object. */
  write(key: string, content: readonly Buffer[]): Promise<void>;
  look(key: string): Promise<StoredObject | undefined>;
  remove(key: string): Promise<void>;
  /** All keys with a prefix in order; *documented*: empty directories are listed, uploads are not. */
  keys(prefix: string): Promise<string[]>;
  writePart(upload: string, number: number, content: Buffer): Promise<void>;
  readParts(upload: string, numbers: readonly number[]): Promise<Buffer[]>;
  hasUpload(upload: string): Promise<boolean>;
  createUpload(): Promise<string>;
  dropUpload(upload: string): Promise<void>;
  /** Bytes in the volume, parts included. */
  used(): Promise<number>;
}

/** What S3 was last seen to show of a file that pods write. */
interface Seen {
  readonly inode: number;
  readonly at: number;
  readonly object: StoredObject | undefined;
}

/** Keys are paths below the volume's root; what leaves it is refused by `undefined`. */
export function pathOf(root: string, key: string): string | undefined {
  const path = join(root, key);
  return path.startsWith(root + sep) && !key.includes('\0') ? path : undefined;
}

export function createS3Files(world: World): S3Files {
  const root = world.volumeFolder;
  const at = (key: string) => pathOf(root, key) ?? join(root, UPLOADS, 'outside');
  const uploadFolder = (upload: string) => join(root, UPLOADS, upload);
  const shown = new Map<string, Seen>();

  async function write(key: string, content: readonly Buffer[]): Promise<void> {
    const path = at(key);
    const temporary = join(root, UPLOADS, randomUUID());
    await Promise.all([mkdir(dirname(path), { recursive: true }), mkdir(dirname(temporary), { recursive: true })]);
    await writeFile(temporary, content);
    await rename(temporary, path);
    shown.delete(key);
  }

  async function look(key: string): Promise<StoredObject | undefined> {
    const now = await present(at(key));
    const { frozenFiles, lateRenameSeconds } = world.faults;
    if (!frozenFiles && lateRenameSeconds === 0) return now?.object;
    const before = shown.get(key);
    const next = delayed(world, before, now);
    if (next !== before) shown.set(key, next);
    return next.object;
  }

  return {
    write,
    look,
    remove: (key) => rm(at(key), { force: true }),
    keys: (prefix) => walk(root, prefix),
    async writePart(upload, number, content) {
      await writeFile(join(uploadFolder(upload), String(number)), content);
    },
    readParts: (upload, numbers) =>
      Promise.all(numbers.map((number) => readFile(join(uploadFolder(upload), String(number))))),
    hasUpload: async (upload) => (await stat(uploadFolder(upload)).catch(() => undefined)) !== undefined,
    async createUpload() {
      const upload = randomUUID();
      await mkdir(uploadFolder(upload), { recursive: true });
      return upload;
    },
    dropUpload: (upload) => rm(uploadFolder(upload), { recursive: true, force: true }),
    used: () => bytesBelow(root),
  };
}

interface Present {
  readonly inode: number;
  readonly changed: number;
  readonly modified: number;
  readonly object: StoredObject;
}

async function present(path: string): Promise<Present | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  const { size, ino, mtimeMs, ctimeMs } = info;
  return {
    inode: ino,
    changed: ctimeMs,
    modified: mtimeMs,
    object: {
      size,
      modified: info.mtime,
      // *assumed*: RunPod computes MD5; nothing that we use depends on the value.
      etag: createHash('md5').update(`${ino}-${size}-${mtimeMs}`).digest('hex'),
      read: (start, end) => slice(path, start, end),
    },
  };
}

async function slice(path: string, start: number, end: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, end - start));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Both variants of what nobody has measured: *assumed* frozen open files, *assumed* late renames. */
function delayed(world: World, before: Seen | undefined, now: Present | undefined): Seen {
  const time = Date.now();
  const { frozenFiles, lateRenameSeconds } = world.faults;
  if (!now) return { inode: 0, at: time, object: undefined };
  const open = time - now.modified < world.scaled(WAITS.closed);
  if (frozenFiles && open && before?.inode === now.inode) return before;
  // A new file is shown once its own age, or the time since the last change of what is shown, is long enough: a file
  // that is replaced all the time is seen late, not never.
  const delay = world.scaled(lateRenameSeconds * 1000);
  if (time - now.changed < delay && time - (before?.at ?? time) < delay) {
    return before ?? { inode: 0, at: time, object: undefined };
  }
  return { inode: now.inode, at: time, object: snapshot(now.object) };
}

/** Keeps the size as it is now, so that an appended file does not grow in the eyes of S3. */
function snapshot(object: StoredObject): StoredObject {
  const content = object.read(0, object.size);
  // The file may be gone by now; whoever reads is told.
  content.catch(() => undefined);
  return { ...object, read: async (start, end) => (await content).subarray(start, end) };
}

async function walk(root: string, prefix: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const folders = new Set<string>();
  const keys: string[] = [];
  const occupied = new Set<string>();
  for (const entry of entries) {
    const key = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (key.split(sep)[0] === UPLOADS) continue;
    occupied.add(entry.parentPath.slice(root.length + 1));
    if (entry.isDirectory()) folders.add(key);
    else keys.push(key);
  }
  for (const folder of folders) if (!occupied.has(folder)) keys.push(`${folder}/`);
  return keys.filter((key) => key.startsWith(prefix)).sort();
}

async function bytesBelow(root: string): Promise<number> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
