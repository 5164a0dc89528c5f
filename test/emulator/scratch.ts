import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MachineRequest } from '../../src/backends/ports.ts';
import { createRunpodBackend } from '../../src/backends/runpod/backend.ts';
import type { RunpodContext, RunpodSettings } from '../../src/backends/runpod/context.ts';
import { createVolume, type RunpodVolume, type TransferLimits } from '../../src/backends/runpod/s3/volume.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from './emulator.ts';

/** Waits of tests: a boot of 15 seconds takes 75 milliseconds. */
export const TEST_SCALE = 0.005;

/** An emulator over a fresh folder; `stop` removes the folder too. */
export async function scratchEmulator(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), 'tabpod-emulator-'));
  const emulator = await startEmulator({ waitScale: TEST_SCALE, ...options, folder });
  return {
    ...emulator,
    async stop() {
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The adapter as the product makes it, on scaled waits. */
export function backendOf(emulator: Emulator, settings: Partial<RunpodSettings> = {}) {
  return createRunpodBackend({
    settings: { ...emulator.settings(), ...settings },
    clock: systemClock,
    log: silentLog,
    waitScale: TEST_SCALE,
    version: '0.0.0-test',
  });
}

/** A GPU that the emulator has in stock. */
export const GPU = 'NVIDIA GeForce RTX 4090';

/** A request as a job makes it. Nothing lies under its paths: the start command waits for that, for two minutes. */
export function machineRequest(name: string, changes: Partial<MachineRequest> = {}): MachineRequest {
  return {
    name,
    gpu: GPU,
    gpuCount: 1,
    image: 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404',
    diskGb: 40,
    environment: { TABPOD_HARD_LIMIT_S: '7200', TABPOD_WAIT_SCALE: '1', TABPOD_EXPECT: '{}' },
    paths: { TABPOD_RUN: 'models/m1', TABPOD_RUNNER: 'runners/r.py' },
    ...changes,
  };
}

/** The volume alone, with small parts and little patience. */
export function volumeOf(emulator: Emulator, limits: TransferLimits): RunpodVolume {
  return createVolume(contextOf(emulator), async () => 'EU-RO-1', limits);
}

/** What the parts of the adapter work with. */
export function contextOf(emulator: Emulator): RunpodContext {
  return {
    settings: emulator.settings(),
    clock: systemClock,
    log: silentLog,
    waitScale: TEST_SCALE,
    version: '0.0.0-test',
    fetch,
  };
}
