import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { keys } from '../../src/core/contract/keys.ts';
import { STATUS_MAX_BYTES } from '../../src/core/contract/status.ts';
import { until } from '../contract/until.ts';
import {
  type Call,
  ID,
  isGraphqlEnd,
  isRestEnd,
  type Provider,
  type Started,
  sha256,
  startProvider,
  startRunner,
  type Workplace,
  workplace,
} from '../stub/machine.ts';

const HANGS = { dataset: 'y,stub_hang\n1,2\n' };
const DEAF = { dataset: 'y,stub_hang,stub_deaf\n1,2,3\n' };

function wish(place: Workplace, reason: string): void {
  writeFileSync(place.path(keys.control(ID)), JSON.stringify({ version: 1, stop: reason }));
}

describe('the life of a run', () => {
  const places: Workplace[] = [];
  const processes: Started[] = [];
  const providers: Provider[] = [];
  afterEach(async () => {
    for (const process of processes.splice(0)) process.kill();
    for (const place of places.splice(0)) place.remove();
    for (const provider of providers.splice(0)) await provider.close();
  });
  const provide = async (answer?: (call: Call) => number | undefined) => {
    const provider = await startProvider(answer);
    providers.push(provider);
    return provider;
  };
  const at = (inputs: Parameters<typeof workplace>[0] = {}) => {
    const place = workplace(inputs);
    places.push(place);
    return place;
  };
  const start = (place: Workplace, more: Record<string, string> = {}) => {
    const process = startRunner(place, more);
    processes.push(process);
    return process;
  };
  const training = (place: Workplace) =>
    until('the script trains', () => {
      const status = place.statusSoFar();
      return status?.state === 'running' && status.round !== null && status;
    });

  it('stops when the host wishes it, and the script saves first', async () => {
    const place = at(HANGS);
    const process = start(place);
    await training(place);
    wish(place, 'user');
    await process.ended;
    const { final, tail } = place.status();
    assert.deepEqual([final?.outcome, final?.reason, final?.exit], ['stopped', 'user', 0]);
    assert.ok(final?.files['metrics.json'] && final.files['model.bin']);
    assert.ok(tail.includes('saving'));
  });

  it('stops at its time limit', async () => {
    const place = at(HANGS);
    await start(place, { TABPOD_SOFT_LIMIT_S: '50' }).ended;
    const { final } = place.status();
    assert.deepEqual([final?.outcome, final?.reason, final?.exit], ['stopped', 'time_limit', 0]);
    assert.equal(JSON.parse(place.text(keys.metrics(ID))).rounds.stop_reason, 'time_limit');
  });

  it('kills a script that ignores SIGTERM, after its grace', async () => {
    const place = at(DEAF);
    const process = start(place);
    await training(place);
    wish(place, 'cost_limit');
    await process.ended;
    const { final } = place.status();
    assert.deepEqual([final?.outcome, final?.reason, final?.exit], ['stopped', 'cost_limit', -9]);
    assert.equal(final?.files['metrics.json'], undefined);
  });

  it('takes its own SIGTERM for a wish to stop', async () => {
    const place = at(HANGS);
    const process = start(place);
    await training(place);
    process.child.kill('SIGTERM');
    await process.ended;
    assert.deepEqual([place.status().final?.outcome, place.status().final?.reason], ['stopped', 'interrupted']);
  });

  it('stops before the script when it was told so while it waited', async () => {
    const place = at();
    wish(place, 'user');
    await start(place, { TABPOD_DATASET: '/nowhere/data.csv' }).ended;
    const { final } = place.status();
    assert.deepEqual([final?.outcome, final?.reason, final?.exit], ['stopped', 'user', null]);
  });

  it('leaves no process behind when the script leaves a child', async () => {
    const place = at({ dataset: 'y,stub_orphan\n1,2\n' });
    const process = start(place);
    await process.ended;
    assert.equal(place.status().final?.outcome, 'succeeded');
    const commands = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"; true'], {
      maxBuffer: 1 << 28,
    });
    assert.ok(!commands.includes(place.path(keys.run(ID))));
  });

  it('a script dies with its runner', async function () {
    if (process.platform !== 'linux') this.skip();
    const place = at({
      script: `import os, time\nopen(os.environ['TABPOD_RUN'] + '/pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n`,
    });
    const runner = start(place);
    const pid = await until('the script runs', () => {
      const path = place.path(keys.inRun(ID, 'pid'));
      return existsSync(path) && readFileSync(path, 'utf8');
    });
    runner.child.kill('SIGKILL');
    await until('the script is gone', () => !existsSync(`/proc/${pid}`));
  });

  it('a second start of the same machine ends the run as crashed', async () => {
    const place = at(HANGS);
    const first = start(place);
    const before = await training(place);
    first.kill();
    await first.ended;
    await start(place).ended;
    const after = place.status();
    assert.deepEqual([after.final?.outcome, after.final?.reason, after.attempt], ['failed', 'crashed', 2]);
    assert.ok(after.beat > before.beat);
    assert.ok(after.logChunks >= before.logChunks);
  });

  it('a second start after the end changes nothing', async () => {
    const place = at();
    await start(place).ended;
    const before = place.text(keys.status(ID));
    await start(place).ended;
    assert.equal(place.text(keys.status(ID)), before);
  });

  it('writes nothing into a run that another machine claimed', async () => {
    const place = at();
    writeFileSync(place.path(keys.inRun(ID, 'claim.json')), '{"version":1,"machine":"other","attempt":1,"nonce":"n"}');
    const process = start(place);
    assert.equal(await process.ended, 0);
    assert.deepEqual(readdirSync(place.path(keys.run(ID))).sort(), ['claim.json', 'job.json']);
  });

  it('of two machines that start at once, one runs the job', async () => {
    const place = at();
    const both = ['one', 'two'].map((machine) => start(place, { TABPOD_MACHINE: machine }));
    await Promise.all(both.map(({ ended }) => ended));
    const { machine, final } = place.status();
    assert.equal(machine, JSON.parse(place.text(keys.inRun(ID, 'claim.json'))).machine);
    assert.equal(final?.outcome, 'succeeded');
    assert.equal(place.text(keys.inRun(ID, 'train.log')).match(/running the script/g)?.length, 1);
  });

  it('waits to be registered on this computer, and does nothing until then', async () => {
    const place = at();
    const registration = `${place.folder}/machine.json`;
    writeFileSync(registration, '{"pid":null}');
    const process = start(place, { TABPOD_REGISTRATION: registration });
    assert.ok(!existsSync(place.path(keys.inRun(ID, 'claim.json'))));
    writeFileSync(registration, `{"pid":${process.child.pid}}`);
    await process.ended;
    assert.equal(place.status().final?.outcome, 'succeeded');
  });

  it('gives the script no key, and the paths it needs', async () => {
    const place = at({ script: 'import json, os\nprint("ENV " + json.dumps(dict(os.environ)))\n' });
    await start(place, {
      RUNPOD_API_KEY: 'secret-1',
      AWS_SECRET_ACCESS_KEY: 'secret-2',
      HTTPS_PROXY: 'http://proxy',
      CUDA_VISIBLE_DEVICES: '0',
      TABPOD_DATASET_URL: 'https://example.com/?token=x',
      PIP_INDEX_URL: 'https://user:secret-3@example.com',
    }).ended;
    const log = place.text(keys.inRun(ID, 'train.log'));
    const environment = JSON.parse(/^ENV (.*)$/m.exec(log)?.[1] ?? '{}');
    assert.doesNotMatch(log, /secret-/);
    assert.equal(environment.TABPOD_RUN, place.path(keys.run(ID)));
    assert.equal(environment.HTTPS_PROXY, 'http://proxy');
    assert.equal(environment.CUDA_VISIBLE_DEVICES, '0');
    assert.equal(environment.TABPOD_DATASET_URL, 'https://example.com/?token=x');
    assert.ok(environment.TABPOD_DATASET.startsWith(place.folder) && environment.TABPOD_DATASET.endsWith('/data.csv'));
    assert.ok(environment.TMPDIR.startsWith(`${place.folder}/cache/`));
  });

  it('a status stays small and a closed chunk stays as it is, however much is printed', async () => {
    const place = at({ dataset: 'y,stub_loud,stub_slow\n1,2,3\n' });
    const process = start(place);
    const seen = new Map<string, string>();
    let over = false;
    process.ended.then(() => (over = true));
    await until('the job is over', () => {
      const status = place.statusSoFar();
      for (let chunk = 1; chunk <= (status?.logChunks ?? 0); chunk++) {
        const key = keys.logChunk(ID, chunk);
        const hash = sha256(readFileSync(place.path(key)));
        assert.equal(seen.get(key) ?? hash, hash, key);
        seen.set(key, hash);
      }
      return over;
    });
    const { final, logChunks, tail } = place.status();
    assert.equal(final?.outcome, 'succeeded');
    assert.ok(logChunks > 5 && tail.length === 40);
    assert.ok(readFileSync(place.path(keys.status(ID))).length <= STATUS_MAX_BYTES);
    const sizes = readdirSync(place.path(`${keys.run(ID)}/log`)).map(
      (name) => readFileSync(place.path(`${keys.run(ID)}/log/${name}`)).length,
    );
    assert.ok(sizes.every((size) => size > 0 && size <= 256 * 1024));
    assert.match(place.text(keys.inRun(ID, 'train.log')), /line 000000[\s\S]*line 019999/);
  });

  it('a status of the worst lines, files and progress still fits and still parses', async () => {
    const script = [
      'import json, os, sys',
      'run = os.environ["TABPOD_RUN"]',
      'for i in range(300): open(f"{run}/" + "x" * 120 + f"{i:03d}", "w").close()',
      'os.symlink("/etc/passwd", run + "/link"); open(run + "/naïve name", "w").close(); os.mkdir(run + "/folder")',
      'with open(os.environ["TABPOD_PROGRESS"], "w") as p:',
      '    for value in ("[]", "{", "\\"\\"", "9" * 400000, json.dumps({"phase": "\\ud800" * 99, "round": -1, "of": 1e99}),',
      '        json.dumps({"metric": {"name": "m", "value": float("nan")}}), json.dumps({"metric": {"name": [], "value": 1}})):',
      '        p.write(value + "\\n")',
      'for i in range(60): print("\\U0001f600" * 5000)',
      'sys.stdout.buffer.write(b"\\xff\\x00\\x1b" * 100000)',
      'open(run + "/metrics.json", "w").write("{}")',
    ];
    const place = at({ script: `${script.join('\n')}\n` });
    await start(place).ended;
    const { final } = place.status();
    assert.equal(final?.outcome, 'succeeded', place.text(keys.inRun(ID, 'train.log')).slice(-500));
    assert.ok(readFileSync(place.path(keys.status(ID))).length <= STATUS_MAX_BYTES);
    const names = Object.keys(final?.files ?? {});
    assert.ok(names.includes('metrics.json') && !names.includes('link') && !names.includes('folder'));
  });

  it('a full volume is told', async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    const place = at({
      script:
        'import os\nwith open(os.environ["TABPOD_RUN"] + "/model.bin.tmp", "wb") as f:\n    while True: f.write(bytes(65536))\n',
    });
    const run = place.path(keys.run(ID));
    mkdirSync(run, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', run]);
    try {
      await start(place).ended;
      const { final } = place.status();
      assert.deepEqual([final?.outcome, final?.reason, final?.exit], ['failed', 'no_space', 1]);
    } finally {
      execFileSync('umount', ['-l', run]);
    }
  });

  describe('on a pod', () => {
    const pod = (provider: { restUrl: string; graphqlUrl: string }) => ({
      TABPOD_BACKEND: 'runpod',
      TABPOD_REST_URL: provider.restUrl,
      TABPOD_GRAPHQL_URL: provider.graphqlUrl,
      RUNPOD_POD_ID: 'pod-1',
      RUNPOD_API_KEY: 'pod-key',
    });

    it('asks for its end again and again, by both ways, once the final status is written', async () => {
      const place = at();
      let final: unknown;
      const provider = await provide((call) => {
        if (isRestEnd(call)) final ??= place.status().final;
        return call.method === 'GET' ? 200 : 500;
      });
      start(place, pod(provider));
      const rest = await provider.called(isRestEnd, 3);
      await provider.called(isGraphqlEnd, 3);
      assert.deepEqual([rest.authorization, rest.agent], ['Bearer pod-key', 'tabpod-runner/1']);
      assert.ok(final, 'the final status came first');
      assert.deepEqual([place.status().machine, place.status().selfTermination], ['pod-1', 'works']);
    });

    it('says when its key is refused, trains all the same, and goes on asking through lost connections', async () => {
      const place = at();
      const provider = await provide((call) => (call.method === 'GET' ? 403 : undefined));
      start(place, pod(provider));
      await provider.called(isRestEnd, 2);
      assert.deepEqual([place.status().final?.outcome, place.status().selfTermination], ['succeeded', 'refused']);
    });

    it('ends a machine whose run belongs to another', async () => {
      const place = at();
      writeFileSync(place.path(keys.inRun(ID, 'claim.json')), '{"machine":"pod-0"}');
      const provider = await provide();
      start(place, pod(provider));
      await provider.called(isRestEnd, 2);
      assert.ok(!existsSync(place.path(keys.status(ID))));
    });

    it('ends the machine even when it was told nonsense', async () => {
      const provider = await provide();
      start(at(), { ...pod(provider), TABPOD_SOFT_LIMIT_S: 'soon' });
      await provider.called(isRestEnd, 2);
    });
  });
});
