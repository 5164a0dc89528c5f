import * as vscode from 'vscode';
import { createTabpod } from '../app/create.ts';
import type { Platform } from '../app/platform.ts';
import { waitScaleFrom } from '../app/settings-from-environment.ts';
import { systemClock } from '../base/clock.ts';
import { createAccountModule } from './account/module.ts';
import { AccountStore } from './account/store.ts';
import { explain, word } from './explain.ts';
import { TabpodFileSystem } from './file-system.ts';
import { createFormModule } from './form/module.ts';
import { OfferBoard } from './form/offers.ts';
import { homeFolder } from './home.ts';
import { COMMANDS, type CommandId } from './ids.ts';
import { createJobsModule } from './jobs/module.ts';
import { createLog } from './log.ts';
import { createPodsModule } from './pods/module.ts';
import { Previews } from './preview/module.ts';
import { ReportEditor } from './report/editor.ts';
import { hostSettings, userMaximum } from './settings.ts';
import { AddressStore } from './spec/addresses.ts';
import { Profiles } from './spec/profiles.ts';
import { SpecRegistry } from './spec/registry.ts';

/** What the stub registered before this part was loaded. */
export interface Registered {
  readonly pods: vscode.TreeView<vscode.TreeItem>;
  readonly filesChanged: vscode.EventEmitter<vscode.FileChangeEvent[]>;
}

/** What the stub forwards to. */
export interface Host {
  readonly form: vscode.CustomTextEditorProvider;
  readonly report: vscode.CustomReadonlyEditorProvider;
  readonly files: vscode.FileSystemProvider;
  readonly jobs: vscode.TreeDataProvider<vscode.TreeItem>;
  readonly pods: vscode.TreeDataProvider<vscode.TreeItem>;
  /** Runs a command; what goes wrong is shown with a way to the log. */
  run(id: CommandId, args: readonly unknown[]): Promise<void>;
}

type Handler = (...args: readonly unknown[]) => Thenable<unknown>;

/** Wires the host: one module a feature, each given what it needs. */
export async function startHost(context: vscode.ExtensionContext, registered: Registered): Promise<Host> {
  const { log, channel } = createLog();
  const home = homeFolder();
  const store = new AccountStore(context.secrets);
  const addresses = new AddressStore(context.secrets);
  const settings = hostSettings(store, addresses);
  const platform: Platform = {
    home,
    clock: systemClock,
    log,
    settings,
    waitScale: waitScaleFrom(process.env),
    connectHint: vscode.l10n.t('Run “Tabpod: Connect RunPod Account”.'),
    version: String(context.extension.packageJSON.version),
  };
  const tabpod = createTabpod(platform);
  const connected = async () => (await settings.runpod()) !== undefined;
  const accountChanged = new vscode.EventEmitter<void>();
  const account = createAccountModule({
    store,
    connected,
    onDidChange: accountChanged,
    probe: (candidate) =>
      createTabpod({ ...platform, settings: { ...settings, runpod: async () => candidate } }).account(),
  });
  const drafts = vscode.Uri.joinPath(vscode.Uri.file(home), 'drafts').fsPath;
  const changed = (uri: vscode.Uri) => registered.filesChanged.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  const registry = new SpecRegistry({
    profiles: new Profiles(tabpod),
    log,
    drafts,
    judge: () => ({ tabpod, explain, word, maximum: userMaximum() }),
  });
  const previews = new Previews({ registry, changed, word });
  const offers = new OfferBoard({ tabpod, connected, explain });
  const form = createFormModule({
    tabpod,
    registry,
    previews,
    offers,
    log,
    drafts,
    addresses,
    connected,
    extension: context.extensionUri,
    approvals: context.globalState,
  });
  const jobs = createJobsModule({ tabpod, log, changed, explain });
  const pods = createPodsModule({ tabpod, view: registered.pods, waitScale: platform.waitScale, explain });
  const results = vscode.Uri.joinPath(vscode.Uri.file(home), 'results').fsPath;
  const report = new ReportEditor({ extension: context.extensionUri, tabpod, results, log, explain });
  accountChanged.event(() => {
    offers.reset();
    pods.tree.refresh();
  });
  const showLog = { [COMMANDS.showLog]: async () => channel.show() };
  const commands: Record<CommandId, Handler> = {
    ...account.commands,
    ...form.commands,
    ...jobs.commands,
    ...pods.commands,
    ...showLog,
  };
  // The last one goes first: what drives jobs must not outlive what shows them.
  context.subscriptions.push(channel, accountChanged, account, registry, previews, offers, pods, jobs, tabpod);
  await jobs.start();
  return {
    form: form.editor,
    report,
    files: new TabpodFileSystem(
      { preview: (uri) => previews.read(uri), jobs: jobs.readFile },
      registered.filesChanged.event,
    ),
    jobs: jobs.tree,
    pods: pods.tree,
    run: (id, args) => guarded(() => commands[id](...args), log),
  };
}

async function guarded(work: () => Thenable<unknown>, log: Platform['log']): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const show = vscode.l10n.t('Show Log');
    void vscode.window.showErrorMessage(explain(error), show).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand(COMMANDS.showLog);
    });
  }
}
