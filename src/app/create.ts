import { createLocalBackend } from '../backends/local/backend.ts';
import type { Backend, BackendKind } from '../backends/ports.ts';
import { runner } from '../core/contract/runner.ts';
import { TabpodError } from '../core/error.ts';
import type { Submission } from '../core/job/events.ts';
import { policyFor } from '../core/job/policy.ts';
import { resolve } from '../core/plan/resolve.ts';
import { render } from '../core/script/render.ts';
import { openLedger } from '../ledger/ledger.ts';
import { writingHome } from '../ledger/writing.ts';
import { ownerOfHome } from './home.ts';
import { createJobs } from './jobs.ts';
import { lockOf } from './lock.ts';
import { newJob } from './new-job.ts';
import type { Platform, RunpodSettings } from './platform.ts';
import { classifyPods, terminateVerified } from './pods.ts';
import { profileOf, wholeAddress } from './profile.ts';
import type { Tabpod } from './tabpod.ts';

/** Wires everything together. Touches neither disk nor network before it is asked to. */
export function createTabpod(platform: Platform): Tabpod {
  const { clock, log, home, version, waitScale } = platform;
  const ledger = openLedger(home, log);
  const local = createLocalBackend({ home, python: () => platform.settings.python(), clock, log, waitScale, version });

  const owner = () => writingHome(home, () => ownerOfHome(home));

  async function runpod(settings: RunpodSettings): Promise<Backend> {
    const { createRunpodBackend } = await import('../backends/runpod/backend.ts');
    return createRunpodBackend({ settings, clock, log, waitScale, version });
  }

  async function connected(): Promise<RunpodSettings> {
    const settings = await platform.settings.runpod();
    if (settings) return settings;
    throw new TabpodError('account/none', { wayOut: platform.connectHint });
  }

  async function backend(kind: BackendKind): Promise<Backend> {
    return kind === 'local' ? local : await runpod(await connected());
  }

  /** The volume a job was submitted to, whichever is chosen now. */
  async function backendOf({ backend: kind, volumeId }: Submission): Promise<Backend> {
    return kind === 'local' ? local : await runpod({ ...(await connected()), volumeId });
  }

  async function pods() {
    const settings = await platform.settings.runpod();
    if (!settings) return [];
    const list = await (await runpod(settings)).machines.list();
    return await classifyPods(list, await owner(), ledger);
  }

  const policy = (submission: Submission) => policyFor(submission.backend, waitScale);
  const jobs = createJobs(
    { ledger, clock, log, runner, version, waitScale, backend: backendOf, policy },
    async (request) => {
      const kind = request.spec.compute?.backend ?? 'local';
      const settings = kind === 'runpod' ? await connected() : undefined;
      const { dataset } = request.spec;
      const address = 'url' in dataset ? await wholeAddress(dataset.url, platform.settings) : undefined;
      return await newJob(request, {
        address,
        owner: await owner(),
        backend: await backend(kind),
        settings,
        runner,
        lock: await lockOf(request.plan.family),
        version,
        now: clock.now(),
      });
    },
  );

  return {
    profile: (ref, options) => profileOf(ref, options, platform),
    plan: resolve,
    script: render,
    jobs,
    backend,
    pods,
    async terminatePod(id) {
      await terminateVerified(id, await backend('runpod'), clock, policyFor('runpod', waitScale));
    },
    async offers() {
      const settings = await platform.settings.runpod();
      return settings ? ((await (await runpod(settings)).offers?.list()) ?? []) : [];
    },
    async account() {
      const settings = await platform.settings.runpod();
      return settings && (await runpod(settings)).account;
    },
    dispose: () => jobs.dispose(),
  };
}
