import * as vscode from 'vscode';
import { explainAny } from '../app/explain.ts';
import { MESSAGES, type MessageCode } from '../core/messages/index.ts';

/** A message of the catalogue in the user's language. */
export function word(code: MessageCode, facts: Readonly<Record<string, string | number>> = {}): string {
  return vscode.l10n.t(MESSAGES[code], facts);
}

/** One sentence for anything that was thrown, in the user's language. */
export function explain(error: unknown): string {
  return explainAny(error, word);
}
