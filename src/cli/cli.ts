import type { Tabpod } from '../app/tabpod.ts';
import type { Output } from './output.ts';

/** What every command works with. */
export interface Cli {
  readonly tabpod: Tabpod;
  readonly output: Output;
  readonly home: string;
  /** Whole dataset addresses of the command line, under the bare ones that specs hold. */
  readonly addresses: Map<string, string>;
  /** Relative paths of the command line are resolved against it. */
  readonly folder: string;
}
