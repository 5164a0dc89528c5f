import * as vscode from 'vscode';
import type { RunpodSettings } from '../../app/platform.ts';
import { settingsFromEnvironment } from '../../app/settings-from-environment.ts';
import type { Tabpod } from '../../app/tabpod.ts';
import { TabpodError } from '../../core/error.ts';
import { COMMANDS, CONTEXT_KEYS } from '../ids.ts';
import { accountVariables, configured } from '../settings.ts';
import type { AccountStore, StoredAccount } from './store.ts';

type Account = NonNullable<Awaited<ReturnType<Tabpod['account']>>>;
type NetworkVolume = Awaited<ReturnType<Account['volumes']>>[number];

export interface AccountDeps {
  readonly store: AccountStore;
  /** Whether an account is connected, by this store or by the environment. */
  connected(): Promise<boolean>;
  /** The account that these settings would give, without connecting it. */
  probe(settings: RunpodSettings): Promise<Account | undefined>;
  readonly onDidChange: vscode.EventEmitter<void>;
}

/** Connecting and disconnecting the RunPod account. Keys are checked before they are kept. */
export function createAccountModule(deps: AccountDeps) {
  const refresh = async () => {
    await vscode.commands.executeCommand('setContext', CONTEXT_KEYS.connected, await deps.connected());
    deps.onDidChange.fire();
  };
  const listener = deps.store.onDidChange(() => void refresh());
  void refresh();
  return {
    commands: {
      [COMMANDS.connect]: () => connect(deps),
      [COMMANDS.disconnect]: () => disconnect(deps),
    },
    dispose: () => listener.dispose(),
  };
}

async function disconnect({ store, connected }: AccountDeps): Promise<void> {
  await store.clear();
  const text = (await connected())
    ? vscode.l10n.t('The keys are gone from this editor. The account of the environment variables is in use now.')
    : vscode.l10n.t('The RunPod account is disconnected. Its keys are gone from this editor.');
  void vscode.window.showInformationMessage(text);
}

async function connect({ store, probe }: AccountDeps): Promise<void> {
  const keys = await askKeys();
  if (!keys) return;
  const volumes = await progress(vscode.l10n.t('Checking the API key…'), async () => {
    const account = await probe(await settingsOf({ ...keys, volumeId: '-' }));
    return (await account?.volumes()) ?? [];
  });
  const usable = volumes.filter(({ s3 }) => s3);
  if (usable.length === 0) throw new TabpodError('host/no-volumes', {});
  const volume = await pickVolume(usable);
  if (!volume) return;
  const chosen = { ...keys, volumeId: volume.id };
  await progress(vscode.l10n.t('Checking the storage keys on volume {0}…', volume.name), async () => {
    await (await probe(await settingsOf(chosen)))?.check();
  });
  await store.write(chosen);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('RunPod is connected. Jobs use the network volume {0} in {1}.', volume.name, volume.dataCenter),
  );
}

/** The settings of an account with the endpoints and the image in force. */
async function settingsOf(account: StoredAccount): Promise<RunpodSettings> {
  const settings = await settingsFromEnvironment({
    ...process.env,
    ...configured(),
    ...accountVariables(account),
  }).runpod();
  if (!settings) throw new TabpodError('host/incomplete-keys', {});
  return settings;
}

const STEPS = [
  {
    key: 'apiKey',
    title: 'RunPod API key',
    prompt: 'RunPod console → Settings → API Keys. It needs access to pods and network volumes.',
  },
  {
    key: 's3AccessKey',
    title: 'S3 access key',
    prompt: 'RunPod console → Settings → S3 API Keys. It starts with “user_”.',
  },
  { key: 's3SecretKey', title: 'S3 secret', prompt: 'Shown once when the S3 API key was made. It starts with “rps_”.' },
] as const;

async function askKeys(): Promise<Omit<StoredAccount, 'volumeId'> | undefined> {
  const answers: Record<string, string> = {};
  for (const [index, { key, title, prompt }] of STEPS.entries()) {
    const answer = await vscode.window.showInputBox({
      title: vscode.l10n.t('Connect RunPod Account ({0}/{1}): {2}', index + 1, STEPS.length, title),
      prompt,
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('This key cannot be empty.') : undefined),
    });
    if (answer === undefined) return undefined;
    answers[key] = answer.trim();
  }
  const { apiKey = '', s3AccessKey = '', s3SecretKey = '' } = answers;
  return { apiKey, s3AccessKey, s3SecretKey };
}

async function pickVolume(volumes: readonly NetworkVolume[]): Promise<NetworkVolume | undefined> {
  const items = volumes.map((volume) => ({
    label: volume.name,
    description: volume.dataCenter,
    detail: vscode.l10n.t('{0} GB · {1}', volume.sizeGb, volume.id),
    volume,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Network Volume for Datasets and Models'),
    placeHolder: vscode.l10n.t('Pods are rented in the data centre of the volume'),
    ignoreFocusOut: true,
  });
  return picked?.volume;
}

function progress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}
