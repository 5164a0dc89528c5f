import * as vscode from 'vscode';
import type { PodView, Tabpod } from '../../app/tabpod.ts';
import { ITEMS } from '../ids.ts';

/** Whose a pod is, in the order of the tree: in two words that fit a narrow sidebar, and in a sentence. */
const WHOSE: Readonly<Record<PodView['whose'], readonly [word: string, sentence: string]>> = {
  mine: ['yours', 'It runs a job of this computer.'],
  adoptable: ['yours, no job', 'It is yours, from a job that this computer has no record of. It costs money: end it.'],
  'other-tabpod': ['another Tabpod’s', 'It belongs to another Tabpod on this account.'],
  foreign: ['not Tabpod’s', 'Tabpod did not rent it and never touches it.'],
};
const ORDER = Object.keys(WHOSE);

/** A pod in the tree. */
export class PodItem extends vscode.TreeItem {
  readonly pod: PodView;

  constructor(pod: PodView) {
    const { machine, whose } = pod;
    super(machine.gpu?.replace(/^NVIDIA (GeForce )?/, '') ?? machine.name, vscode.TreeItemCollapsibleState.None);
    this.pod = pod;
    this.id = machine.id;
    this.description = describePod(pod);
    this.tooltip = `${machine.name} (${machine.id})\n${this.description}\n${WHOSE[whose][1]}`;
    this.iconPath = new vscode.ThemeIcon(whose === 'foreign' ? 'server' : 'server-process', color(pod));
    // A foreign pod is shown and never touched.
    if (whose !== 'foreign') this.contextValue = ITEMS.pod;
  }
}

/** “yours, $0.34/h, running, up 5 min, GPU 80 %”: a narrow sidebar cuts off the end. */
export function describePod({ machine, whose }: PodView): string {
  const { state, pricePerHour, uptimeSeconds, gpuUtilisation } = machine;
  const price = pricePerHour === null ? 'price unknown' : `$${pricePerHour.toFixed(2)}/h`;
  const parts: string[] = [WHOSE[whose][0], price, state];
  if (uptimeSeconds !== null) parts.push(`up ${duration(uptimeSeconds)}`);
  if (gpuUtilisation !== null) parts.push(`GPU ${Math.round(gpuUtilisation)} %`);
  return parts.join(', ');
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function color({ machine, whose }: PodView): vscode.ThemeColor | undefined {
  if (whose === 'adoptable') return new vscode.ThemeColor('charts.red');
  return machine.state === 'running' ? new vscode.ThemeColor('charts.green') : undefined;
}

/** What went wrong when the pods were read, as an item of its own. */
class TroubleItem extends vscode.TreeItem {
  constructor(text: string) {
    super(text, vscode.TreeItemCollapsibleState.None);
    this.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('charts.red'));
    this.tooltip = text;
  }
}

/** Every pod of the account. */
export class PodsTree implements vscode.TreeDataProvider<vscode.TreeItem> {
  readonly #tabpod: Pick<Tabpod, 'pods'>;
  readonly #explain: (error: unknown) => string;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(tabpod: Pick<Tabpod, 'pods'>, explain: (error: unknown) => string) {
    this.#tabpod = tabpod;
    this.#explain = explain;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  async getChildren(parent?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    if (parent) return [];
    try {
      const pods = [...(await this.#tabpod.pods())];
      pods.sort((a, b) => ORDER.indexOf(a.whose) - ORDER.indexOf(b.whose));
      return pods.map((pod) => new PodItem(pod));
    } catch (error) {
      return [new TroubleItem(this.#explain(error))];
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
