import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Backend } from '../ports.ts';
import { createLocalMachines } from './machines.ts';
import { findPython } from './python.ts';
import { openRecords } from './records.ts';
import { createLocalVolume } from './volume.ts';

export interface LocalBackendOptions {
  /** The Tabpod home: volume, machines and cache lie below it. */
  readonly home: string;
  /** The Python the user named, asked anew at each start. */
  python?(): string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Multiplies every wait; 1 outside tests. */
  readonly waitScale: number;
  readonly version: string;
}

/** This computer: a folder for a volume and processes for machines. Free of charge, always connected. */
export function createLocalBackend({ home, python, clock, log, waitScale }: LocalBackendOptions): Backend {
  const volume = join(home, 'volume');
  return {
    kind: 'local',
    volumeId: volume,
    volume: createLocalVolume(volume),
    machines: createLocalMachines({
      records: openRecords(join(home, 'machines'), log),
      volume,
      cache: process.env.TABPOD_CACHE || join(home, 'cache'),
      clock,
      waitScale,
      python: () => findPython({ configured: python?.(), log }),
    }),
  };
}
