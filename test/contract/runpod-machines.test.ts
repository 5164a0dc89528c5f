import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Backend } from '../../src/backends/ports.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { officialMissing, restViolations } from '../emulator/official.ts';
import { backendOf, GPU, machineRequest, scratchEmulator } from '../emulator/scratch.ts';
import { until } from './until.ts';

describe('RunPod machines, through the emulator', () => {
  let emulator: Emulator;
  let backend: Backend;

  before(async () => {
    emulator = await scratchEmulator();
    backend = backendOf(emulator);
  });
  after(() => emulator.stop());

  it('rents a pod beside the volume, sees it boot and ends it', async () => {
    const created = await backend.machines.create(machineRequest('tabpod-aaaaaa-bbbbbbbb-1'));
    assert.equal(created.name, 'tabpod-aaaaaa-bbbbbbbb-1');
    assert.equal(created.state, 'starting');
    assert.equal(created.pricePerHour, 0.69);
    assert.equal(created.gpu, GPU);
    assert.equal(created.uptimeSeconds, null);

    const running = await until('the pod runs', async () => {
      const { machines, proven } = await backend.machines.list();
      assert.equal(proven, true);
      return machines.find(({ id, state }) => id === created.id && state === 'running');
    });
    assert.equal(running.gpuUtilisation, 87);
    assert.notEqual(running.uptimeSeconds, null);

    await backend.machines.terminate(created.id);
    await until('the pod is gone', async () => (await backend.machines.list()).machines.length === 0);
    await backend.machines.terminate(created.id);
  });

  it('ends by itself when its runner is not on the volume', async () => {
    const { id } = await backend.machines.create(
      machineRequest('tabpod-aaaaaa-bbbbbbbb-3', { environment: { TABPOD_WAIT_SCALE: '0.001' } }),
    );
    const terminated = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path === `/v2/pods/${id}/action`;
    await until('the start command asked for the end', () => emulator.requests.some(terminated));
    await until('the pod is gone', () => emulator.pods().every((pod) => pod.id !== id));
  });

  it('sends what RunPod documents, and the environment a machine needs', async () => {
    await backend.machines.create(machineRequest('tabpod-aaaaaa-bbbbbbbb-2'));
    const sent = emulator.requests.findLast(({ method, path }) => method === 'POST' && path === '/v2/pods')?.body;
    assert.ok(sent && typeof sent === 'object' && 'env' in sent && 'args' in sent);
    const { env, args, ...rest } = sent;
    assert.deepEqual(rest, {
      name: 'tabpod-aaaaaa-bbbbbbbb-2',
      image: 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404',
      disk: 40,
      cloud: 'SECURE',
      gpu: { id: GPU, count: 1, minCudaVersion: '12.8' },
      dataCenterIds: ['EU-RO-1'],
      mounts: { network: [{ volumeId: emulator.volumeId, path: emulator.volumeFolder }] },
    });
    assert.match(String(args), /^sh -c '/);
    assert.deepEqual(env, {
      TABPOD_HARD_LIMIT_S: '7200',
      TABPOD_WAIT_SCALE: '1',
      TABPOD_EXPECT: '{}',
      TABPOD_RUN: `${emulator.volumeFolder}/models/m1`,
      TABPOD_RUNNER: `${emulator.volumeFolder}/runners/r.py`,
      TABPOD_VOLUME: emulator.volumeFolder,
      TABPOD_REST_URL: emulator.restUrl,
      TABPOD_GRAPHQL_URL: emulator.graphqlUrl,
    });
  });

  it('offers what can be rented beside the volume, cheapest first', async () => {
    const offers = await backend.offers?.list();
    assert.deepEqual(
      offers?.map(({ readAt: _, ...offer }) => offer),
      [
        { gpu: 'NVIDIA RTX A4000', label: 'RTX A4000', memoryGb: 16, pricePerHour: 0.25, stock: 'low' },
        { gpu: 'NVIDIA L4', label: 'L4', memoryGb: 24, pricePerHour: 0.49, stock: 'medium' },
        { gpu: GPU, label: 'RTX 4090', memoryGb: 24, pricePerHour: 0.69, stock: 'high' },
        { gpu: 'NVIDIA H100 80GB HBM3', label: 'H100 SXM', memoryGb: 80, pricePerHour: 2.99, stock: 'none' },
      ],
    );
  });

  it('checks the account and reads volumes and balance', async () => {
    await backend.account?.check();
    assert.deepEqual(await backend.account?.volumes(), [
      { id: emulator.volumeId, name: 'tabpod', dataCenter: 'EU-RO-1', sizeGb: 10, s3: true },
      { id: 'emuvolume2', name: 'archive', dataCenter: 'EUR-IS-2', sizeGb: 50, s3: false },
    ]);
    const balance = await backend.account?.balance();
    assert.ok(balance && balance.usd > 99 && balance.usd <= 100);
    assert.equal(balance.spendPerHour, 0.69);
  });

  it('does without GraphQL', async () => {
    emulator.faults.graphqlGone = true;
    assert.equal(await backend.account?.balance(), undefined);
    assert.deepEqual(
      (await backend.account?.volumes())?.map(({ s3 }) => s3),
      [true, false],
    );
    emulator.faults.graphqlGone = false;
  });

  const missing = officialMissing('runpod-openapi-v2.json');
  (missing ? it.skip : it)(`agrees with the official schema in every request and reply${missing ?? ''}`, () => {
    assert.deepEqual(restViolations(emulator.requests), []);
  });
});
