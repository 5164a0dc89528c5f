import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalBackend } from '../../src/backends/local/backend.ts';
import { type Backend, BackendError, type MachineRequest } from '../../src/backends/ports.ts';
import { bytesOf } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { keys } from '../../src/core/contract/keys.ts';
import { runner } from '../../src/core/contract/runner.ts';
import { type Status, statusSchema } from '../../src/core/contract/status.ts';
import { TabpodError } from '../../src/core/error.ts';
import { ID, PYTHON, SCALE, sha256, stub } from '../stub/machine.ts';
import { until } from './until.ts';

const NAME = 'tabpod-abcdef-01020304abcd-1';
const refused = (error: unknown) => error instanceof BackendError && error.failure.kind === 'refused';

describe('the machines of this computer', () => {
  let home: string;
  let backend: Backend;
  const open = (python: string = PYTHON) =>
    createLocalBackend({
      home,
      python: () => python,
      clock: systemClock,
      log: silentLog,
      waitScale: SCALE,
      version: '0.0.0',
    });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tabpod-home-'));
    backend = open();
  });
  afterEach(async () => {
    const { machines } = await backend.machines.list();
    for (const { id } of machines) await backend.machines.terminate(id);
    rmSync(home, { recursive: true, force: true });
  });

  /** Stages a job whose dataset switches the stub, and asks for a machine. */
  async function request(dataset: string, name = NAME): Promise<MachineRequest> {
    const { volume } = backend;
    await volume.put(keys.runner(sha256(runner)), bytesOf('runner.py', runner));
    await volume.put(keys.script(ID), bytesOf('train.py', stub));
    await volume.put(keys.dataset(sha256(dataset), 'csv'), bytesOf('data.csv', dataset));
    await volume.put(keys.job(ID), bytesOf('job.json', '{}'));
    return {
      name,
      gpu: null,
      gpuCount: 0,
      image: '',
      diskGb: 0,
      environment: {
        TABPOD_MODEL_ID: ID,
        TABPOD_OWNER: 'abcdef',
        TABPOD_HARD_LIMIT_S: '7200',
        TABPOD_SOFT_LIMIT_S: '3600',
        TABPOD_EXPECT: JSON.stringify({ runner: sha256(runner), script: sha256(stub), dataset: sha256(dataset) }),
        TABPOD_BACKEND: 'local',
        TABPOD_WAIT_SCALE: String(SCALE),
      },
      paths: {
        TABPOD_RUN: keys.run(ID),
        TABPOD_RUNNER: keys.runner(sha256(runner)),
        TABPOD_SCRIPT: keys.script(ID),
        TABPOD_DATASET: keys.dataset(sha256(dataset), 'csv'),
      },
    };
  }

  async function status(): Promise<Status | undefined> {
    const bytes = await backend.volume.read(keys.status(ID), 1 << 16);
    return bytes && statusSchema.parse(JSON.parse(String(bytes)));
  }

  const training = () =>
    until('the script trains', async () => {
      const now = await status();
      return now?.state === 'running' && now.round !== null;
    });
  const ids = async () => (await backend.machines.list()).machines.map(({ id }) => id);

  it('runs a job, lists its machine meanwhile and never after', async () => {
    const made = await backend.machines.create(await request('y,stub_hang\n1,2\n'));
    assert.deepEqual([made.id, made.name, made.pricePerHour, made.gpu], [NAME, NAME, 0, null]);
    await training();
    const list = await backend.machines.list();
    assert.equal(list.proven, true);
    assert.deepEqual(
      list.machines.map(({ id, state }) => [id, state]),
      [[NAME, 'running']],
    );
    await backend.volume.put(keys.inRun(ID, 'control.json'), bytesOf('c', '{"version":1,"stop":"user"}'));
    await until('the machine is gone', async () => (await ids()).length === 0);
    const final = (await status())?.final;
    assert.deepEqual([final?.outcome, final?.reason], ['stopped', 'user']);
    assert.equal((await status())?.machine, NAME);
    assert.equal(readFileSync(join(home, 'machines', `${NAME}.log`), 'utf8'), '');
  });

  it('makes one machine of a name, ever', async () => {
    const wanted = await request('y,x\n1,2\n');
    const tries = await Promise.allSettled([1, 2, 3].map(() => open().machines.create(wanted)));
    assert.deepEqual(tries.map(({ status: how }) => how).sort(), ['fulfilled', 'rejected', 'rejected']);
    await until('the machine is gone', async () => (await ids()).length === 0);
    await assert.rejects(backend.machines.create(wanted), refused);
    assert.equal((await status())?.final?.outcome, 'succeeded');
  });

  it('terminates a script that ignores SIGTERM, with everything it started', async () => {
    await backend.machines.create(await request('y,stub_hang,stub_deaf,stub_orphan\n1,2,3,4\n'));
    await training();
    await backend.machines.terminate(NAME);
    assert.deepEqual(await ids(), []);
    if (process.platform === 'linux') assert.doesNotMatch(environments(), new RegExp(home));
    assert.ok(!existsSync(join(home, 'cache', 'work', NAME)));
    await backend.machines.terminate(NAME);
    await backend.machines.terminate('tabpod-never-was-1');
    await backend.machines.terminate('../../etc');
  });

  it('lists and ends what is left when only the runner was killed', async function () {
    if (process.platform !== 'linux') this.skip();
    await backend.machines.create(await request('y,stub_hang,stub_orphan\n1,2,3\n'));
    await training();
    const record = JSON.parse(readFileSync(join(home, 'machines', `${NAME}.json`), 'utf8'));
    process.kill(record.pid, 'SIGKILL');
    assert.deepEqual(await ids(), [NAME]);
    await backend.machines.terminate(NAME);
    assert.doesNotMatch(environments(), new RegExp(home));
  });

  it('a job outlives the process that started it; another process finds and ends it', async () => {
    const wanted = await request('y,stub_hang\n1,2\n');
    const child = spawn(process.execPath, ['--input-type=module', '-e', CREATES_AND_STAYS], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HOME_OF_TEST: home, WANTED: JSON.stringify(wanted), TABPOD_PYTHON: PYTHON },
    });
    const [said] = await once(child.stdout, 'data');
    assert.match(String(said), /created/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await training();
    assert.deepEqual(await ids(), [NAME]);
    const { beat = 0 } = (await status()) ?? {};
    await until('its status moves on', async () => ((await status())?.beat ?? 0) > beat);
    await backend.machines.terminate(NAME);
    assert.deepEqual(await ids(), []);
  });

  it('a runner whose host died before it was recorded never starts the job', async () => {
    const wanted = await request('y,x\n1,2\n');
    mkdirSync(join(home, 'machines'), { recursive: true });
    const record = { id: NAME, createdAt: new Date().toISOString(), pid: null, started: null };
    writeFileSync(join(home, 'machines', `${NAME}.json`), JSON.stringify(record));
    assert.deepEqual(
      (await backend.machines.list()).machines.map(({ state }) => state),
      ['starting'],
    );
    await assert.rejects(backend.machines.create(wanted), refused);
    await backend.machines.terminate(NAME);
    assert.deepEqual(await ids(), []);
  });

  it('a record of another boot or a reused process number is no machine', async () => {
    mkdirSync(join(home, 'machines'), { recursive: true });
    const createdAt = '2026-01-01T00:00:00.000Z';
    const write = (id: string, more: object) =>
      writeFileSync(join(home, 'machines', `${id}.json`), JSON.stringify({ id, createdAt, ...more }));
    write('reused', { pid: process.pid, started: 'another-boot/123' });
    write('unfinished', { pid: null, started: null });
    write('broken', { pid: 'one' });
    writeFileSync(join(home, 'machines', 'not-json.json'), '{');
    assert.deepEqual(await ids(), []);
    await backend.machines.terminate('reused');
  });

  it('refuses what it cannot run, and keeps no trace of it', async () => {
    const wanted = await request('y,x\n1,2\n');
    await assert.rejects(backend.machines.create({ ...wanted, name: '../evil' }), refused);
    await assert.rejects(backend.machines.create({ ...wanted, paths: {} }), refused);
    const paths = { ...wanted.paths, TABPOD_RUNNER: 'runners/none.py' };
    await assert.rejects(backend.machines.create({ ...wanted, paths }), refused);
    await assert.rejects(backend.machines.create({ ...wanted, paths: { ...wanted.paths, X: '../x' } }), refused);
    assert.deepEqual(await ids(), []);
    await backend.machines.create(wanted);
  });

  it('names what it tried when there is no Python', async () => {
    const path = process.env.PATH;
    process.env.PATH = home;
    try {
      const machine = open('/nowhere/python').machines.create(await request('y,x\n1,2\n'));
      await assert.rejects(machine, (error) => {
        assert.ok(error instanceof TabpodError);
        assert.equal(error.code, 'local/no-python');
        assert.match(String(Object.values(error.facts)), /\/nowhere\/python: not found; .*python3: not found/);
        return true;
      });
    } finally {
      process.env.PATH = path;
    }
  });
});

/** What another process does: creates a machine and stays. Node runs the sources as they are. */
const CREATES_AND_STAYS = `
import { createLocalBackend } from './src/backends/local/backend.ts';
import { systemClock } from './src/base/clock.ts';
import { silentLog } from './src/base/log.ts';
const { HOME_OF_TEST: home, WANTED } = process.env;
const backend = createLocalBackend({ home, clock: systemClock, log: silentLog, waitScale: 1, version: '0.0.0' });
await backend.machines.create(JSON.parse(WANTED));
console.log('created');
setInterval(() => {}, 60_000);
`;

/** The environments of all processes: who still works for a home. */
function environments(): string {
  return execFileSync('sh', ['-c', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"; true'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}
