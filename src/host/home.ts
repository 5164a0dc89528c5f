import * as vscode from 'vscode';
import { tabpodHome } from '../app/home.ts';
import { SETTINGS, type SettingId } from './ids.ts';

/** A setting's text, `undefined` when it is empty. All of Tabpod's settings are application-scoped. */
export function setting(id: SettingId): string | undefined {
  const value = vscode.workspace.getConfiguration().get<unknown>(id);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The Tabpod home: the setting, else what the CLI would take. Loaded at start, so it imports little. */
export function homeFolder(): string {
  const chosen = setting(SETTINGS.home);
  return tabpodHome(chosen ? { ...process.env, TABPOD_HOME: chosen } : process.env);
}
