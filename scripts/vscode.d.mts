import type { Browser } from 'playwright-core';

export interface Server {
  readonly port: number;
  /** Address of a window on `folder` with this extension in it. */
  url(folder: string): string;
  close(): Promise<void>;
}

export function install(): void;
export function startServer(options?: {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly restricted?: boolean;
}): Promise<Server>;
export function launchBrowser(): Promise<Browser>;
export function tabpodEnvironment(home: string): Record<string, string>;
