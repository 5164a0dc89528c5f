import * as vscode from 'vscode';
import type { Log } from '../base/log.ts';

/** The output channel “Tabpod”; VS Code filters it by level. */
export function createLog(): { log: Log; channel: vscode.LogOutputChannel } {
  const channel = vscode.window.createOutputChannel('Tabpod', { log: true });
  const log: Log = {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message) => channel.error(message),
  };
  return { log, channel };
}
