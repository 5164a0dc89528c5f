import * as vscode from 'vscode';
import type { Log } from '../../base/log.ts';
import { TabpodError } from '../../core/error.ts';
import { isTableName, TABLE_ENDINGS } from '../../core/profile/formats.ts';
import { type DatasetRef, datasetRefSchema } from '../../core/spec/schema.ts';
import type { FormAction } from '../../protocol/form.ts';
import { COMMANDS, EDITORS, VIEWS } from '../ids.ts';
import { editCopy } from '../preview/module.ts';
import { specOfPreview } from '../preview/uri.ts';
import type { AddressStore } from '../spec/addresses.ts';
import { edited } from '../spec/edit.ts';
import type { SpecRegistry } from '../spec/registry.ts';
import type { SpecSession } from '../spec/session.ts';
import { draftOf, pathFrom, proposedPlace, specBeside } from './drafts.ts';
import { FormEditor } from './editor.ts';
import type { OfferBoard } from './offers.ts';
import { type SubmitDeps, submit } from './submit.ts';

export interface FormModuleDeps extends Omit<SubmitDeps, 'busy' | 'offers'> {
  readonly addresses: AddressStore;
  readonly extension: vscode.Uri;
  readonly registry: SpecRegistry;
  readonly offers: OfferBoard;
  readonly log: Log;
  readonly drafts: string;
  connected(): Promise<boolean>;
}

/** The form, and the commands that lead to it and away from it. */
export function createFormModule(deps: FormModuleDeps) {
  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
  const actions: Record<
    Exclude<FormAction, 'read' | 'reread' | 'offers'>,
    (session: SpecSession) => Thenable<unknown>
  > = {
    preview: ({ document }) => run(COMMANDS.preview, document.uri),
    submit: ({ document }) => run(COMMANDS.submit, document.uri),
    openText: ({ document }) => run(COMMANDS.openAsText, document.uri),
    save: ({ document }) => run(COMMANDS.saveToWorkspace, document.uri),
    connect: () => run(COMMANDS.connect),
  };
  const editor: FormEditor = new FormEditor({
    ...deps,
    act: async (action, session) => void (await actions[action](session)),
  });
  const busy = (spec: vscode.Uri, text: string | null) => editor.busy(spec, text);
  const withSpec = async <T>(given: unknown, work: (session: SpecSession) => Promise<T>): Promise<T> => {
    const lease = await deps.registry.open(specUri(given));
    try {
      return await work(lease.session);
    } finally {
      lease.dispose();
    }
  };
  const start = async (here: boolean, given: unknown) => {
    const id = await withSpec(given, (session) =>
      submit(session, here, { ...deps, busy, offers: () => deps.offers.offers }),
    );
    if (id) await vscode.commands.executeCommand(`${VIEWS.jobs}.focus`);
  };
  return {
    editor,
    commands: {
      [COMMANDS.train]: (given: unknown) => trainOn(deps, given),
      [COMMANDS.trainFile]: () => trainFile(deps),
      [COMMANDS.trainUrl]: () => trainUrl(deps),
      [COMMANDS.preview]: (given: unknown) => withSpec(given, (session) => deps.previews.show(session)),
      [COMMANDS.submit]: (given: unknown) => start(false, given),
      [COMMANDS.runHere]: (given: unknown) => start(true, given),
      [COMMANDS.editScript]: async (given: unknown) => {
        const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
        if (uri) await editCopy(uri);
      },
      [COMMANDS.openAsText]: (given: unknown) => openWith(specUri(given), 'default'),
      [COMMANDS.openAsForm]: (given: unknown) => openWith(specUri(given), EDITORS.form),
      [COMMANDS.saveToWorkspace]: (given: unknown) =>
        withSpec(given, (session) => saveToWorkspace(session, deps.registry)),
    },
  };
}

/** The spec that a command is about: the one it was given, or the one in the active tab. */
function specUri(given: unknown): vscode.Uri {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const input = activeTab?.input;
  const shown = input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
  const uri = given instanceof vscode.Uri ? given : shown;
  const spec = uri && (specOfPreview(uri) ?? uri);
  if (!spec?.path.endsWith('.tabpod.json')) throw new TabpodError('host/no-spec', {});
  return spec;
}

async function openWith(uri: vscode.Uri, editor: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, editor);
}

async function trainOn(deps: FormModuleDeps, given: unknown): Promise<void> {
  if (!(given instanceof vscode.Uri)) return await trainFile(deps);
  if (!isTableName(given.path) || given.scheme !== 'file') {
    throw new TabpodError('host/not-a-table', { name: given.path });
  }
  const spec = (await specBeside(given)) ?? (await draftFor(deps, { path: given.fsPath }));
  await openWith(spec, EDITORS.form);
}

async function trainFile(deps: FormModuleDeps): Promise<void> {
  const filters = { [vscode.l10n.t('Tables')]: [...TABLE_ENDINGS] };
  const openLabel = vscode.l10n.t('Train a Model');
  const [file] = (await vscode.window.showOpenDialog({ filters, openLabel, canSelectMany: false })) ?? [];
  if (file) await trainOn(deps, file);
}

async function trainUrl(deps: FormModuleDeps): Promise<void> {
  const url = await vscode.window.showInputBox({
    title: vscode.l10n.t('Train Model from a URL'),
    prompt: vscode.l10n.t('Address of a CSV, TSV, Parquet or XLSX file'),
    placeHolder: 'https://example.org/data.csv',
    validateInput: (text) =>
      datasetRefSchema.safeParse({ url: text.trim() }).success
        ? undefined
        : vscode.l10n.t('Enter an address that starts with http:// or https://.'),
  });
  if (url !== undefined)
    await openWith(await draftFor(deps, { url: await deps.addresses.keep(url.trim()) }), EDITORS.form);
}

async function draftFor({ drafts, connected }: FormModuleDeps, dataset: DatasetRef): Promise<vscode.Uri> {
  return await draftOf(drafts, dataset, (await connected()) ? 'runpod' : 'local');
}

/** Moves a draft to a place of the user's choice; its dataset is then named from there. */
async function saveToWorkspace(session: SpecSession, registry: SpecRegistry): Promise<void> {
  const draft = session.document.uri;
  const dataset = datasetRefSchema.safeParse(session.shape.spec?.dataset).data;
  const proposed = proposedPlace(draft, dataset);
  const chosen = await vscode.window.showSaveDialog({
    ...(proposed ? { defaultUri: proposed } : {}),
    filters: { [vscode.l10n.t('Tabpod spec')]: ['json'] },
    saveLabel: vscode.l10n.t('Save Spec'),
  });
  if (!chosen) return;
  const target = chosen.with({ path: chosen.path.replace(/(\.tabpod)?(\.json)?$/, '.tabpod.json') });
  const text = session.document.getText();
  const moved =
    dataset && 'path' in dataset ? edited(text, ['dataset', 'path'], pathFrom(target.fsPath, dataset.path)) : text;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(moved));
  // The user has this very dataset on the screen: it need not be asked about again.
  const lease = await registry.open(target);
  lease.session.approve();
  await openWith(target, EDITORS.form);
  lease.dispose();
  await closeTabs(draft);
  await vscode.workspace.fs.delete(draft);
}

async function closeTabs(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const shows = ({ input }: vscode.Tab) =>
    (input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText) &&
    (specOfPreview(input.uri) ?? input.uri).toString() === uri.toString();
  await vscode.window.tabGroups.close(tabs.filter(shows));
}
