import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { homeFolder } from './host/home.ts';
import { COMMANDS, EDITORS, SCHEME, VIEWS } from './host/ids.ts';
import type { Host } from './host/main.ts';
import { PreviewLenses } from './host/preview/lenses.ts';

/** Registers every id and loads the rest on first use: what VS Code waits for at start stays small. */
export function activate(context: vscode.ExtensionContext): void {
  const filesChanged = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  let host: Promise<Host> | undefined;
  const wake = () => {
    host ??= import('./host/main.ts')
      .then(({ startHost }) => startHost(context, { pods: podsView, filesChanged }))
      .catch((error: unknown) => {
        // The next use tries again.
        host = undefined;
        throw error;
      });
    return host;
  };
  const jobs = new LazyTree(async () => (await wake()).jobs);
  const pods = new LazyTree(async () => (await wake()).pods);
  const podsView = vscode.window.createTreeView(VIEWS.pods, { treeDataProvider: pods });
  const commands = Object.values(COMMANDS).map((id) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => (await wake()).run(id, args)),
  );
  context.subscriptions.push(
    ...commands,
    filesChanged,
    podsView,
    vscode.window.createTreeView(VIEWS.jobs, { treeDataProvider: jobs }),
    vscode.window.registerCustomEditorProvider(EDITORS.form, {
      resolveCustomTextEditor: async (...args) => (await wake()).form.resolveCustomTextEditor(...args),
    }),
    vscode.window.registerCustomEditorProvider(EDITORS.report, {
      openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
      resolveCustomEditor: async (...args) => (await wake()).report.resolveCustomEditor(...args),
    }),
    vscode.workspace.registerFileSystemProvider(SCHEME, lazyFiles(wake, filesChanged.event), { isReadonly: true }),
    vscode.languages.registerCodeLensProvider(PreviewLenses.selector, new PreviewLenses()),
  );
  void wakeForLiveJobs(wake);
}

/** One folder read at start: a job that an earlier session left running must not be forgotten. */
async function wakeForLiveJobs(wake: () => Promise<Host>): Promise<void> {
  const live = await readdir(join(homeFolder(), 'live')).catch(() => []);
  if (live.length > 0) await wake();
}

/** A tree that loads its host when it is first looked at. */
class LazyTree implements vscode.TreeDataProvider<vscode.TreeItem> {
  readonly #changed = new vscode.EventEmitter<vscode.TreeItem | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #load: () => Promise<vscode.TreeDataProvider<vscode.TreeItem>>;
  #tree: Promise<vscode.TreeDataProvider<vscode.TreeItem>> | undefined;

  constructor(load: () => Promise<vscode.TreeDataProvider<vscode.TreeItem>>) {
    this.#load = load;
  }

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  async getChildren(item?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    this.#tree ??= this.#load().then((tree) => {
      tree.onDidChangeTreeData?.(() => this.#changed.fire(undefined));
      return tree;
    });
    return (await (await this.#tree).getChildren(item)) ?? [];
  }
}

/** A file system that loads its host when a file of it is first read. */
function lazyFiles(
  wake: () => Promise<Host>,
  onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>,
): vscode.FileSystemProvider {
  const files = async () => (await wake()).files;
  return {
    onDidChangeFile,
    watch: () => ({ dispose: () => undefined }),
    stat: async (uri) => (await files()).stat(uri),
    readDirectory: async (uri) => (await files()).readDirectory(uri),
    readFile: async (uri) => (await files()).readFile(uri),
    createDirectory: async (uri) => (await files()).createDirectory(uri),
    writeFile: async (uri, content, options) => (await files()).writeFile(uri, content, options),
    delete: async (uri, options) => (await files()).delete(uri, options),
    rename: async (from, to, options) => (await files()).rename(from, to, options),
  };
}
