import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTabpod } from '../../src/app/create.ts';
import type { Platform } from '../../src/app/platform.ts';
import type { JobView, SubmitRequest, Tabpod } from '../../src/app/tabpod.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { ModelId } from '../../src/core/model-id.ts';
import type { Spec } from '../../src/core/spec/schema.ts';
import type { Emulator, EmulatorOptions } from '../emulator/emulator.ts';
import { scratchEmulator } from '../emulator/scratch.ts';
import stub from '../stub/train.py';

/** Waits of product and emulator, as a share of the real ones. */
const SCALE = 0.02;

/** Two of these over one home are two windows of one user. */
export interface JobsWorld {
  readonly home: string;
  readonly emulator: Emulator;
  readonly tabpod: Tabpod;
  /** Another window, or the next start, of the same user. */
  window(): Tabpod;
  /** A job over a small table whose extra columns switch the stub script. */
  request(switches?: readonly string[], spec?: Partial<Spec>): Promise<SubmitRequest>;
  submit(switches?: readonly string[], spec?: Partial<Spec>): Promise<ModelId>;
  close(): Promise<void>;
}

export async function jobsWorld(options: Partial<EmulatorOptions> = {}): Promise<JobsWorld> {
  const home = await mkdtemp(join(tmpdir(), 'tabpod-jobs-'));
  const emulator = await scratchEmulator({ waitScale: SCALE, ...options });
  const platform: Platform = {
    home,
    clock: systemClock,
    log: silentLog,
    settings: {
      runpod: async () => emulator.settings(),
      datasetAddress: async () => undefined,
      python: () => join(process.cwd(), '.cache/venv/bin/python'),
    },
    waitScale: SCALE,
    connectHint: 'Connect it.',
    version: '0.0.0-test',
  };
  const open: Tabpod[] = [];
  const window = () => {
    const tabpod = createTabpod(platform);
    open.push(tabpod);
    return tabpod;
  };
  const tabpod = window();

  async function request(switches: readonly string[] = [], spec: Partial<Spec> = {}): Promise<SubmitRequest> {
    const path = join(home, 'table.csv');
    const header = ['y', 'x', ...switches.map((name) => `stub_${name}`)].join(',');
    const rows = Array.from({ length: 40 }, (_, i) => [i * 1.5, (i * 7) % 13, ...switches.map(() => i % 3)].join(','));
    await writeFile(path, `${[header, ...rows].join('\n')}\n`);
    const whole: Spec = {
      version: 1,
      dataset: { path },
      target: 'y',
      compute: { backend: 'runpod' },
      ...spec,
    };
    const profile = await tabpod.profile(whole.dataset, { folder: home });
    return { spec: whole, profile, plan: tabpod.plan(whole, profile), script: stub, folder: home };
  }

  return {
    home,
    emulator,
    tabpod,
    window,
    request,
    submit: async (switches, spec) => await tabpod.jobs.submit(await request(switches, spec)),
    async close() {
      for (const each of open) each.dispose();
      await emulator.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Follows a job to its end. */
export function finished(tabpod: Tabpod, id: ModelId): Promise<JobView> {
  return tabpod.jobs.watch(id, () => undefined);
}
