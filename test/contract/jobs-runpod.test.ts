import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackendError, type Volume } from '../../src/backends/ports.ts';
import { keys } from '../../src/core/contract/keys.ts';
import { explain, TabpodError } from '../../src/core/error.ts';
import { liveMachines, phaseOf } from '../../src/core/job/state.ts';
import { reportSchema } from '../../src/core/report/schema.ts';
import { fileSource } from '../../src/data/file-source.ts';
import { sha256Of } from '../../src/data/sha256.ts';
import { stage } from '../../src/jobs/stage.ts';
import { backendOf } from '../emulator/scratch.ts';
import { SUBMISSION } from '../unit/job-world.ts';
import { finished, type JobsWorld, jobsWorld } from './jobs-world.ts';
import { until } from './until.ts';

/** A job that brings nothing along. */
const EMPTY = {
  ...{ dataset: undefined, testDataset: undefined, datasetUrl: undefined },
  ...{ script: '', predict: '', lock: '', lineage: {} },
};

describe('a job on RunPod', () => {
  let world: JobsWorld;
  afterEach(() => world.close());

  it('trains, reports, and leaves no pod', async () => {
    world = await jobsWorld();
    const { tabpod } = world;
    const id = await world.submit();
    const phases = new Set<string>();
    const job = await tabpod.jobs.watch(id, ({ state }) => phases.add(phaseOf(state)));
    assert.deepEqual([job.state.outcome, job.settled], [{ kind: 'succeeded' }, true]);
    assert.ok((job.costUsd ?? 0) > 0);
    for (const phase of ['staging', 'booting', 'running', 'ended']) assert.ok(phases.has(phase), phase);
    assert.equal((await tabpod.jobs.report(id)).rmse, 0.5);
    assert.match(await tabpod.jobs.log(id), /reading 40 rows/);
    assert.deepEqual(world.emulator.pods(), []);
    const folder = join(world.home, 'results');
    assert.ok((await tabpod.jobs.download(id, folder)).includes('model.bin'));
    assert.equal((await readFile(join(folder, 'model.bin'))).length, 256);
    reportSchema.parse(JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8')));
  });

  it('waits for results that the volume shows late', async () => {
    world = await jobsWorld({ faults: { lateRenameSeconds: 30, frozenFiles: true } });
    const { state, settled } = await finished(world.tabpod, await world.submit(['slow']));
    assert.deepEqual([state.outcome, settled], [{ kind: 'succeeded' }, true]);
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('sends a dataset once', async () => {
    world = await jobsWorld();
    await finished(world.tabpod, await world.submit());
    await finished(world.tabpod, await world.submit());
    const sent = world.emulator.requests.filter(
      ({ api, method, path }) => api === 's3' && method === 'PUT' && /data\.csv/.test(path),
    );
    assert.equal(sent.length, 1);
  });

  it('fails with the last line of the script, and keeps its log', async () => {
    world = await jobsWorld();
    const id = await world.submit(['fail']);
    const { state } = await finished(world.tabpod, id);
    assert.ok(state.outcome?.kind === 'failed');
    assert.match(state.outcome.detail, /the stub was told to fail/);
    assert.match(await world.tabpod.jobs.log(id), /Traceback/);
    await assert.rejects(
      world.tabpod.jobs.report(id),
      (error) => explain(error) === `Metrics not found for model: ${id}`,
    );
  });

  it('stops on request: gracefully, and what was saved is collected', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    await world.tabpod.jobs.stop(id);
    const { state, settled } = await world.tabpod.jobs.get(id);
    assert.deepEqual([state.outcome, settled], [{ kind: 'stopped', by: 'user' }, true]);
    assert.ok(state.collected?.includes('metrics.json'));
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('ends a script that ignores the stop', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang', 'deaf']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    await world.tabpod.jobs.stop(id);
    assert.deepEqual((await world.tabpod.jobs.get(id)).state.outcome, { kind: 'stopped', by: 'user' });
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('stops at its time limit', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang'], { limits: { hours: 4 / 3600 } });
    const { state } = await finished(world.tabpod, id);
    assert.deepEqual(state.outcome, { kind: 'stopped', by: 'time_limit' });
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('goes down the list of GPUs and tells what RunPod said', async () => {
    world = await jobsWorld();
    const [first, second] = (await world.tabpod.offers()).filter(({ stock }) => stock !== 'none');
    assert.ok(first && second);
    world.emulator.faults.noCapacity = [first.gpu];
    const id = await world.submit([], { compute: { backend: 'runpod', gpus: [first.gpu, second.gpu] } });
    const { state } = await finished(world.tabpod, id);
    assert.deepEqual(state.outcome, { kind: 'succeeded' });
    assert.deepEqual(
      state.machines.map(({ gpu, state: how }) => [gpu, how]),
      [
        [first.gpu, 'refused'],
        [second.gpu, 'gone'],
      ],
    );
    assert.match(state.machines[0]?.refusal?.detail ?? '', /no longer any instances/);
  });

  it('finds the pod of a create call whose answer was lost, and rents no second one', async () => {
    world = await jobsWorld({ faults: { createReply: 'lost' } });
    const id = await world.submit();
    const { state } = await finished(world.tabpod, id);
    assert.deepEqual(state.outcome, { kind: 'succeeded' });
    assert.equal(state.machines.length, 1);
    const creates = world.emulator.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/pods');
    assert.equal(creates.length, 1);
  });

  it('is lost when its pod vanishes without a word', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    const [pod] = world.emulator.pods();
    await world.emulator.endPod(pod?.id ?? '', 'vanish');
    const { state, settled } = await finished(world.tabpod, id);
    assert.deepEqual([state.outcome, settled], [{ kind: 'lost' }, true]);
  });

  it('ends a pod that RunPod stopped', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    const [pod] = world.emulator.pods();
    await world.emulator.endPod(pod?.id ?? '', 'exit');
    const { state, settled } = await finished(world.tabpod, id);
    assert.deepEqual([state.outcome, settled], [{ kind: 'stopped', by: 'provider' }, true]);
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('does not believe that a pod is gone while another account answers', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    world.emulator.faults.foreignAccount = true;
    const before = world.emulator.requests.length;
    await until(
      'it looked twice',
      () => world.emulator.requests.slice(before).filter(({ path }) => path.startsWith('/v2/pods')).length > 2,
    );
    assert.equal(liveMachines((await world.tabpod.jobs.get(id)).state).length, 1);
    world.emulator.faults.foreignAccount = false;
    await world.tabpod.jobs.stop(id);
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('says what keeps it from looking, and goes on once it can', async () => {
    world = await jobsWorld();
    const id = await world.submit(['slow']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    world.emulator.faults.badAuth = true;
    await until('it says so', async () => (await world.tabpod.jobs.get(id)).trouble);
    world.emulator.faults.badAuth = false;
    assert.deepEqual((await finished(world.tabpod, id)).state.outcome, { kind: 'succeeded' });
  });

  it('can be stopped though its status cannot be read', async () => {
    world = await jobsWorld();
    const id = await world.submit(['hang']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    const newer = '{"version":2}';
    const path = join(world.emulator.volumeFolder, keys.status(id));
    const overwriting = setInterval(() => writeFileSync(path, newer), 10);
    try {
      await until('it says so', async () =>
        /^The run’s status\.json .*\.$/.test((await world.tabpod.jobs.get(id)).trouble ?? ''),
      );
      await world.tabpod.jobs.stop(id);
    } finally {
      clearInterval(overwriting);
    }
    const { state, settled, trouble } = await world.tabpod.jobs.get(id);
    assert.deepEqual([state.outcome, settled, trouble], [{ kind: 'stopped', by: 'user' }, true, undefined]);
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('refuses a dataset that changed since it was profiled', async () => {
    world = await jobsWorld();
    const request = await world.request();
    await appendFile(join(world.home, 'table.csv'), '1,2\n');
    await assert.rejects(
      world.tabpod.jobs.submit(request),
      (error) => error instanceof TabpodError && error.code === 'job/dataset-changed',
    );
    assert.deepEqual(await world.tabpod.jobs.list(), []);
  });

  it('refuses a file that changes before it is uploaded, and leaves no sidecar', async () => {
    world = await jobsWorld();
    const { volume } = backendOf(world.emulator);
    const path = join(world.home, 'growing.csv');
    await writeFile(path, 'x,y\n1,2\n');
    const dataset = await fileSource(path);
    const sha256 = await sha256Of(dataset);
    await appendFile(path, '3,4\n');
    const key = keys.dataset(sha256, 'csv');
    const submission = { ...SUBMISSION, dataset: { name: 'growing.csv', sha256, key, bytes: dataset.size } };
    const abort = new AbortController();
    const cargo = { ...EMPTY, dataset, abort };
    await assert.rejects(
      stage(submission, cargo, '', volume, () => undefined),
      /data\/changed/,
    );
    assert.equal(await volume.head(keys.datasetComplete(sha256)), undefined);
  });

  it('says that the script did not arrive, in the words it always had', async () => {
    world = await jobsWorld();
    const { volume } = backendOf(world.emulator);
    const deaf: Volume = {
      ...volume,
      put(key, ...rest) {
        if (!key.startsWith('training_scripts/')) return volume.put(key, ...rest);
        throw new BackendError({ kind: 'unavailable', detail: 'no answer' });
      },
    };
    const abort = new AbortController();
    const cargo = { ...EMPTY, abort };
    await assert.rejects(
      stage(SUBMISSION, cargo, '', deaf, () => undefined),
      (error) =>
        /^Failed to upload training script: RunPod cannot be reached: no answer\. .*[^.]\.$/.test(explain(error)),
    );
  });

  it('is driven by any window, and finished by the next start', async () => {
    world = await jobsWorld();
    const id = await world.submit(['slow']);
    await until('it trains', async () => (await world.tabpod.jobs.get(id)).status?.round);
    world.tabpod.dispose();
    const next = world.window();
    await next.jobs.reconcile({ drive: true });
    assert.deepEqual((await finished(next, id)).state.outcome, { kind: 'succeeded' });
    // The mark is taken off after the last event.
    const live = join(world.home, 'live');
    await until('it is off the live list', async () => (await readdir(live)).length === 0);
  });

  it('can be driven by two windows at once', async () => {
    world = await jobsWorld();
    const id = await world.submit(['slow']);
    const other = world.window();
    const [mine, theirs] = await Promise.all([finished(world.tabpod, id), finished(other, id)]);
    assert.deepEqual([mine.state.outcome, theirs.state.outcome], [{ kind: 'succeeded' }, { kind: 'succeeded' }]);
    const events = await readdir(join(world.home, 'jobs', id, 'events'));
    assert.equal(new Set(events).size, events.length);
    const creates = world.emulator.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/pods');
    assert.equal(creates.length, 1);
  });
});

describe('pods of the account', () => {
  it('are told apart, and one can be ended and verified gone', async () => {
    const world = await jobsWorld({ faults: { neverBoots: true } });
    try {
      const id = await world.submit();
      const [pod] = await until('there is a pod', async () => {
        const pods = await world.tabpod.pods();
        return pods.length > 0 && pods;
      });
      assert.deepEqual([pod?.whose, pod?.job], ['mine', id]);
      await world.tabpod.terminatePod(pod?.machine.id ?? '');
      assert.deepEqual(await world.tabpod.pods(), []);
    } finally {
      await world.close();
    }
  });
});
