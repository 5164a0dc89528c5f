import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CliWorld, cliWorld, PENGUINS } from './cli-world.ts';
import { until } from './until.ts';

const TRAIN = ['train', PENGUINS, '--target', 'species', '--backend', 'runpod', '--set', 'n_estimators=5'];

/** Fills a file system to the last byte. */
const FILL =
  'dd if=/dev/zero of="$0"/ballast bs=1k 2>/dev/null; dd if=/dev/zero of="$0"/ballast2 bs=1 2>/dev/null; true';

describe('the CLI in hard times', () => {
  let world: CliWorld;
  afterEach(() => world.close());

  const jobs = async (environment = {}) => {
    const { code, stdout, stderr } = await world.run(['jobs', '--json'], environment);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).jobs;
  };

  for (const stream of ['stdout', 'stderr'] as const) {
    it(`goes on guarding a job when nobody reads its ${stream} any more`, async () => {
      world = await cliWorld();
      const train = world.start(TRAIN);
      await until('it has begun', () => /^uploading/m.test(train.stderr()));
      train.child[stream]?.destroy();
      const { code } = await train.ended;
      assert.equal(code, 0, train.stderr());
      const [job] = await jobs();
      assert.deepEqual([job.outcome, job.settled], [{ kind: 'succeeded' }, true]);
      assert.deepEqual(world.emulator.pods(), []);
    });
  }

  it('says in a sentence why a machine could not be looked at, and does not wait for it', async () => {
    world = await cliWorld({ faults: { neverBoots: true } });
    const train = world.start(TRAIN);
    await until('there is a pod', () => /^booting/m.test(train.stderr()));
    train.child.kill('SIGKILL');
    await train.ended;
    const gone = { TABPOD_RUNPOD_REST_URL: 'http://127.0.0.1:1/v2', TABPOD_S3_URL: 'http://127.0.0.1:1' };
    for (const environment of [gone, { TABPOD_S3_SECRET_KEY: '' }]) {
      const [job] = await jobs(environment);
      assert.equal(job.settled, false);
      assert.match(job.trouble, /^(RunPod cannot be reached|No RunPod account is connected).*\.$/);
    }
    const { code, stdout } = await world.run(['stop', (await jobs())[0].id]);
    assert.equal(code, 0, stdout);
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('prints one JSON object for wrong use and wrong settings too', async () => {
    world = await cliWorld();
    const wrong = await world.run(['train', '--json', '--target', 'x']);
    assert.equal(wrong.code, 2);
    assert.equal(JSON.parse(wrong.stdout).error.code, 'wrong-use');
    const setting = await world.run([...TRAIN, '--json'], { TABPOD_RUNPOD_REST_URL: 'nowhere' });
    assert.equal(setting.code, 1);
    assert.match(JSON.parse(setting.stdout).error.message, /^The environment variable TABPOD_RUNPOD_REST_URL .*\.$/);
  });

  it('knows before it rents that the results have nowhere to go', async () => {
    world = await cliWorld();
    const file = join(world.home, 'file');
    await mkdir(world.home, { recursive: true });
    await writeFile(file, '');
    const { code, stderr } = await world.run([...TRAIN, '--out', join(file, 'results')]);
    assert.equal(code, 1);
    assert.match(stderr, /^tabpod: .*file\/results cannot be written: .*--out\.$/m);
    assert.deepEqual(await jobs(), []);
  });

  it('names the money as the reason when the money was the nearer limit', async () => {
    world = await cliWorld();
    const { stdout } = await world.run([...TRAIN, '--set', 'n_estimators=100000', '--json', '--max-cost', '0.005']);
    assert.deepEqual(JSON.parse(stdout).outcome, { kind: 'stopped', by: 'cost_limit' });
    assert.deepEqual(world.emulator.pods(), []);
  });

  it('sends a dataset again that was damaged on the volume', async () => {
    world = await cliWorld();
    const first = await world.run([...TRAIN, '--json']);
    assert.equal(first.code, 0, first.stderr);
    const id = JSON.parse(first.stdout).id;
    const lineage = JSON.parse(await readFile(join(world.emulator.volumeFolder, 'models', id, 'job.json'), 'utf8'));
    const { dataset, runnerSha256, lockSha256 } = lineage;
    const damage = async (key: string) => {
      const path = join(world.emulator.volumeFolder, key);
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0x41, bytes.length - 10));
    };
    await damage(dataset.key);
    await damage(`runners/${runnerSha256}.py`);
    await damage(`locks/${lockSha256}.txt`);
    const second = JSON.parse((await world.run([...TRAIN, '--json'])).stdout);
    assert.deepEqual([second.outcome.kind, second.outcome.reason], ['failed', 'input_damaged']);
    const third = await world.run([...TRAIN, '--json']);
    assert.equal(third.code, 0, third.stderr);
  });

  describe('with a full disk', () => {
    beforeEach(function () {
      if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    });
    let small = '';
    const mount = async (size: string) => {
      small = world.home;
      await mkdir(small, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', small]);
    };
    afterEach(() => {
      if (small) execFileSync('umount', ['-l', small]);
      small = '';
    });

    it('submits nothing', async () => {
      world = await cliWorld();
      await mount('16k');
      execFileSync('sh', ['-c', FILL, small]);
      const { code, stderr } = await world.run(TRAIN);
      assert.equal(code, 1);
      assert.match(stderr, /^tabpod: .* cannot be written: ENOSPC.*TABPOD_HOME\.$/m);
      assert.deepEqual(world.emulator.pods(), []);
    });

    it('tells, waits for room, and brings the job home', async () => {
      world = await cliWorld();
      await mount('2m');
      const train = world.start(TRAIN);
      await until('the pod boots', () => /^booting/m.test(train.stderr()));
      execFileSync('sh', ['-c', FILL, small]);
      await until('it says so', () => /cannot be written: ENOSPC/.test(train.stderr()));
      execFileSync('sh', ['-c', 'rm "$0"/ballast*', small]);
      assert.equal((await train.ended).code, 0, train.stderr());
      assert.deepEqual(world.emulator.pods(), []);
    });

    it('ends the pod on Ctrl-C, though that cannot be written down', async () => {
      world = await cliWorld({ faults: { neverBoots: true } });
      await mount('2m');
      const train = world.start(TRAIN);
      await until('the pod boots', () => /^booting/m.test(train.stderr()));
      execFileSync('sh', ['-c', FILL, small]);
      train.child.kill('SIGINT');
      const { code, stderr } = await train.ended;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /cannot be written: ENOSPC/);
      assert.deepEqual(world.emulator.pods(), []);
    });
  });
});
