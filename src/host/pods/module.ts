import * as vscode from 'vscode';
import type { Tabpod } from '../../app/tabpod.ts';
import { TabpodError } from '../../core/error.ts';
import { COMMANDS } from '../ids.ts';
import { PodItem, PodsTree } from './tree.ts';

/** How often the pods are read while they are in sight. */
const REFRESH_MS = 15_000;

export interface PodsDeps {
  readonly tabpod: Tabpod;
  readonly view: vscode.TreeView<vscode.TreeItem>;
  readonly waitScale: number;
  explain(error: unknown): string;
}

/** The tree of the account's pods, read anew while it is in sight. */
export function createPodsModule({ tabpod, view, waitScale, explain }: PodsDeps) {
  const tree = new PodsTree(tabpod, explain);
  const timer = setInterval(() => {
    if (view.visible) tree.refresh();
  }, REFRESH_MS * waitScale);
  const listeners = [
    tabpod.jobs.onDidChange(() => {
      if (view.visible) tree.refresh();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) tree.refresh();
    }),
  ];
  return {
    tree,
    commands: {
      [COMMANDS.podsRefresh]: async () => tree.refresh(),
      [COMMANDS.podTerminate]: async (given: unknown) => {
        if (!(given instanceof PodItem)) throw new TabpodError('host/nothing-selected', {});
        await terminate(given, tabpod);
        tree.refresh();
      },
    },
    dispose: () => {
      clearInterval(timer);
      for (const listener of listeners) listener.dispose();
      tree.dispose();
    },
  };
}

async function terminate({ pod: { machine, whose } }: PodItem, tabpod: Tabpod): Promise<void> {
  const yes = vscode.l10n.t('Terminate Pod');
  const detail =
    whose === 'other-tabpod'
      ? vscode.l10n.t('It belongs to another Tabpod, perhaps on another computer. Its job ends without a result.')
      : vscode.l10n.t('Its disk is deleted. What lies on the network volume stays.');
  const message = vscode.l10n.t('Terminate pod {0}?', machine.name);
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) !== yes) return;
  const title = vscode.l10n.t('Ending pod {0} until it is verified gone…', machine.name);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    tabpod.terminatePod(machine.id),
  );
}
