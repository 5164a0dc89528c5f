import * as vscode from 'vscode';
import type { PodView, Tabpod } from '../../app/tabpod.ts';
import { ITEMS } from '../ids.ts';

const WHOSE: Readonly<Record<PodView['whose'], string>> = {
  mine: 'this computer’s job',
  adoptable: 'yours, from a job this computer has no record of',
  'other-tabpod': 'another Tabpod’s',
  foreign: 'not Tabpod’s',
};

/** A pod in the tree. */
export class PodItem extends vscode.TreeItem {
  readonly pod: PodView;

  constructor(pod: PodView) {
    const { machine, whose } = pod;
    super(machine.gpu ?? machine.name, vscode.TreeItemCollapsibleState.None);
    this.pod = pod;
    this.id = machine.id;
    this.description = describePod(pod);
    this.tooltip = `${machine.name}\n${machine.id}\n${WHOSE[whose]}`;
    this.iconPath = new vscode.ThemeIcon(whose === 'foreign' ? 'server' : 'server-process', color(pod));
    // A foreign pod is shown and never touched.
    if (whose !== 'foreign') this.contextValue = ITEMS.pod;
  }
}

/** “running, $0.34/h, up 5 min, GPU 80 %, yours”. */
export function describePod({ machine, whose }: PodView): string {
  const { state, pricePerHour, uptimeSeconds, gpuUtilisation } = machine;
  const parts: string[] = [state, pricePerHour === null ? 'price unknown' : `$${pricePerHour.toFixed(2)}/h`];
  if (uptimeSeconds !== null) parts.push(`up ${duration(uptimeSeconds)}`);
  if (gpuUtilisation !== null) parts.push(`GPU ${Math.round(gpuUtilisation)} %`);
  parts.push(WHOSE[whose]);
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
      return (await this.#tabpod.pods()).map((pod) => new PodItem(pod));
    } catch (error) {
      return [new TroubleItem(this.#explain(error))];
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
