import * as vscode from 'vscode';
import { TabpodError } from '../core/error.ts';
import { explain } from './explain.ts';

/** Reads the files below one folder of `tabpod:`; throws FileNotFound for what is not there. */
export type ReadFile = (uri: vscode.Uri) => Promise<string>;

interface Content {
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

/**
 * `tabpod:/preview/…` and `tabpod:/jobs/…`, read-only. A file system and not a content provider, whose tabs die on
 * reload. Modification times count contents, not time: a file whose bytes did not change keeps its own.
 */
export class TabpodFileSystem implements vscode.FileSystemProvider {
  readonly #folders: Readonly<Record<string, ReadFile>>;
  readonly #seen = new Map<string, Content>();
  #changes = 0;

  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>;

  constructor(folders: Readonly<Record<string, ReadFile>>, onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>) {
    this.#folders = folders;
    this.onDidChangeFile = onDidChangeFile;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, mtime } = await this.#load(uri);
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length, permissions };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#load(uri)).bytes;
  }

  async #load(uri: vscode.Uri): Promise<Content> {
    const [, folder = ''] = uri.path.split('/');
    const read = this.#folders[folder];
    if (!read) throw vscode.FileSystemError.FileNotFound(uri);
    const bytes = new TextEncoder().encode(await readOrExplain(read, uri));
    const key = uri.toString();
    const seen = this.#seen.get(key);
    if (seen && Buffer.compare(seen.bytes, bytes) === 0) return seen;
    const content = { bytes, mtime: ++this.#changes };
    this.#seen.set(key, content);
    return content;
  }

  watch(): vscode.Disposable {
    return { dispose: () => undefined };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    return readOnly(uri);
  }

  writeFile(uri: vscode.Uri): never {
    return readOnly(uri);
  }

  delete(uri: vscode.Uri): never {
    return readOnly(uri);
  }

  rename(uri: vscode.Uri): never {
    return readOnly(uri);
  }
}

async function readOrExplain(read: ReadFile, uri: vscode.Uri): Promise<string> {
  try {
    return await read(uri);
  } catch (error) {
    if (error instanceof vscode.FileSystemError) throw error;
    throw vscode.FileSystemError.Unavailable(explain(error));
  }
}

function readOnly(uri: vscode.Uri): never {
  throw vscode.FileSystemError.NoPermissions(explain(new TabpodError('host/read-only', { path: uri.path })));
}
