import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { type Backend, BackendError, type BackendFailure } from '../../src/backends/ports.ts';
import { createRestClient } from '../../src/backends/runpod/rest/http.ts';
import { createMachines } from '../../src/backends/runpod/rest/machines.ts';
import { createNetworkVolumes } from '../../src/backends/runpod/rest/volumes.ts';
import { TabpodError } from '../../src/core/error.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { type Faults, noFaults } from '../emulator/faults.ts';
import { officialMissing, restViolations } from '../emulator/official.ts';
import { NO_FUNDS, NO_INSTANCES } from '../emulator/rest.ts';
import { backendOf, contextOf, GPU, machineRequest, scratchEmulator } from '../emulator/scratch.ts';
import { until } from './until.ts';

async function failureOf(work: Promise<unknown>): Promise<BackendFailure> {
  const error = await work.then(
    () => assert.fail('it worked'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BackendError)) throw error;
  return error.failure;
}

describe('RunPod machines when something goes wrong', () => {
  let emulator: Emulator;
  let backend: Backend;
  let tries = 0;

  const request = (changes = {}) => machineRequest(`tabpod-aaaaaa-cccccccc-${++tries}`, changes);
  const creates = () => emulator.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/pods').length;
  const set = (faults: Partial<Faults>) => Object.assign(emulator.faults, faults);

  before(async () => {
    emulator = await scratchEmulator();
    backend = backendOf(emulator);
  });
  afterEach(async () => {
    set(noFaults());
    await Promise.all(emulator.pods().map(({ id }) => emulator.endPod(id, 'vanish')));
  });
  after(() => emulator.stop());

  const refusals: readonly [string, Partial<Faults>, object, BackendFailure][] = [
    ['no capacity', { noCapacity: [GPU] }, {}, { kind: 'no-capacity', detail: NO_INSTANCES }],
    ['no capacity anywhere', { noCapacity: ['*'] }, {}, { kind: 'no-capacity', detail: NO_INSTANCES }],
    ['a sold-out GPU', {}, { gpu: 'NVIDIA H100 80GB HBM3' }, { kind: 'no-capacity', detail: NO_INSTANCES }],
    ['no funds', { noFunds: true }, {}, { kind: 'no-funds', detail: NO_FUNDS }],
    ['an unknown GPU', {}, { gpu: 'Voodoo 2' }, { kind: 'refused', detail: "gpu type 'Voodoo 2' not found" }],
    ['a dead key', { badAuth: true }, {}, { kind: 'bad-key', detail: 'invalid bearer token' }],
    [
      'too many calls',
      { rateLimited: 1, retryAfterSeconds: 12 },
      {},
      { kind: 'rate-limited', detail: 'rate limit exceeded for the minute window', waitMs: 12_000 },
    ],
    ['a bad body', {}, { diskGb: 0 }, { kind: 'refused', detail: 'Request validation failed. $.disk: Invalid input' }],
  ];
  for (const [what, faults, changes, expected] of refusals) {
    it(`rents nothing for ${what}, and says it in RunPod's words`, async () => {
      // The data centre is known by now, so that the faults meet the create call itself.
      await backend.offers?.list();
      set(faults);
      const before = creates();
      assert.deepEqual(await failureOf(backend.machines.create(request(changes))), expected);
      assert.equal(creates(), before + 1);
      assert.deepEqual(emulator.pods(), []);
    });
  }

  for (const [what, faults, rented] of [
    ['lost', { createReply: 'lost' }, 1],
    ['unreadable', { createReply: 'garbled' }, 1],
    ['a proxy’s 502', { gatewayErrors: 1 }, 0],
    ['a proxy’s 524', { gatewayErrors: 1, gatewayStatus: '524' }, 0],
  ] as const) {
    it(`does not know the outcome of a create whose answer is ${what}, and does not repeat it`, async () => {
      await backend.offers?.list();
      set(faults);
      const before = creates();
      const wanted = request();
      assert.equal((await failureOf(backend.machines.create(wanted))).kind, 'unknown-outcome');
      assert.equal(creates(), before + 1);
      assert.equal(emulator.pods().length, rented);
      const { machines } = await backend.machines.list();
      assert.equal(machines.filter(({ name }) => name === wanted.name).length, rented);
    });
  }

  for (const [reply, rented] of [
    ['stall-before', 0],
    ['stall-after', 1],
  ] as const) {
    it(`does not know the outcome of a create that is never answered (${reply})`, async () => {
      const context = contextOf(emulator);
      const rest = createRestClient(context, { readMs: 5000, rentMs: 300 });
      const volumes = createNetworkVolumes(rest, emulator.volumeId);
      const machines = createMachines(context, rest, volumes);
      await volumes.dataCenter();
      set({ createReply: reply });
      assert.equal((await failureOf(machines.create(request()))).kind, 'unknown-outcome');
      assert.equal(emulator.pods().length, rented);
    });
  }

  it('knows that nothing was rented when RunPod could not be reached', async () => {
    const closed = await scratchEmulator();
    const { restUrl } = closed;
    await closed.stop();
    const context = contextOf(emulator);
    const gone = { ...context, settings: { ...context.settings, restUrl } };
    const there = createNetworkVolumes(createRestClient(context), emulator.volumeId);
    const machines = createMachines(gone, createRestClient(gone), there);
    const failure = await failureOf(machines.create(request()));
    assert.equal(failure.kind, 'unavailable');
    assert.match(failure.detail, /ECONNREFUSED/);
  });

  it('reports the price that is really charged', async () => {
    set({ createPriceFactor: 1.5 });
    assert.equal((await backend.machines.create(request())).pricePerHour?.toFixed(3), '1.035');
    set({ createPriceFactor: 0 });
    assert.equal((await backend.machines.create(request())).pricePerHour, null);
  });

  it('repeats reads through what passes, and waits as long as it is told', async () => {
    set({ gatewayErrors: 2, rateLimited: 1 });
    assert.deepEqual(await backend.machines.list(), { machines: [], proven: true });
  });

  it('repeats a terminate through what passes', async () => {
    const { id } = await backend.machines.create(request());
    set({ gatewayErrors: 2 });
    await backend.machines.terminate(id);
    await until('the pod is gone', () => emulator.pods().length === 0);
  });

  it('gives up reading in the end, with the reason', async () => {
    set({ gatewayErrors: 100 });
    assert.deepEqual(await failureOf(backend.machines.list()), { kind: 'unavailable', detail: 'HTTP 502' });
    set({ gatewayErrors: 0, listFails: true });
    assert.deepEqual(await failureOf(backend.machines.list()), {
      kind: 'unavailable',
      detail: 'Something went wrong. Please try again later or contact support.',
    });
    set({ listFails: false, rateLimited: 1, retryAfterSeconds: 3600 });
    assert.equal((await failureOf(backend.machines.list())).kind, 'rate-limited');
  });

  it('does not take an empty list for proof when the volume is not on it', async () => {
    set({ foreignAccount: true });
    assert.deepEqual(await backend.machines.list(), { machines: [], proven: false });
    await assert.rejects(
      backendOf(emulator).account?.check() ?? Promise.resolve(),
      (error) => error instanceof TabpodError && error.code === 'account/no-volume',
    );
  });

  it('sees a pod that never boots as starting, a blip too, and a stopped one as exited', async () => {
    const state = async (id: string) => (await backend.machines.list()).machines.find((one) => one.id === id)?.state;
    set({ neverBoots: true });
    const stuck = await backend.machines.create(request());
    await until('it is called RUNNING', () => emulator.pods()[0]?.status === 'RUNNING');
    assert.equal(await state(stuck.id), 'starting');
    set({ neverBoots: false });
    const fine = await backend.machines.create(request());
    await until('it runs', async () => (await state(fine.id)) === 'running');
    set({ runtimeBlips: 1 });
    assert.equal(await state(fine.id), 'starting');
    assert.equal(await state(fine.id), 'running');
    await emulator.endPod(fine.id, 'exit');
    const { machines } = await backend.machines.list();
    const exited = machines.find(({ id }) => id === fine.id);
    assert.deepEqual([exited?.state, exited?.pricePerHour], ['exited', 0]);
    await emulator.endPod(fine.id, 'vanish');
    assert.equal(await state(fine.id), undefined);
  });

  it('refuses an environment that RunPod would refuse or rewrite, before any call', async () => {
    const before = creates();
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`V${index}`, 'x']));
    for (const [environment, code] of [
      [many, 'account/too-many-variables'],
      [{ TABPOD_DATASET_URL: 'https://x/{{ RUNPOD_SECRET_key }}' }, 'account/variable-reference'],
    ] as const) {
      await assert.rejects(
        backend.machines.create(request({ environment })),
        (error) => error instanceof TabpodError && error.code === code,
      );
    }
    assert.equal(creates(), before);
  });

  it('is refused by Cloudflare when it hides who it is', async () => {
    const context = contextOf(emulator);
    const hidden = createRestClient({
      ...context,
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, 'User-Agent': 'node' } }),
    });
    const failure = await failureOf(createNetworkVolumes(hidden, emulator.volumeId).list());
    assert.deepEqual(failure, { kind: 'unavailable', detail: 'HTTP 403: error code: 1010' });
  });

  it('tells a bad key at the check', async () => {
    assert.equal(
      (await failureOf(backendOf(emulator, { apiKey: 'rpa_x' }).account?.check() ?? Promise.resolve())).kind,
      'bad-key',
    );
  });

  const missing = officialMissing('runpod-openapi-v2.json');
  (missing ? it.skip : it)(`agrees with the official schema in every request and reply${missing ?? ''}`, () => {
    assert.deepEqual(restViolations(emulator.requests), []);
  });
});
