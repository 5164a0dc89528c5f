import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { keys } from '../../src/core/contract/keys.ts';
import { startArgs, startCommand } from '../../src/core/contract/start-command.ts';
import { until } from '../contract/until.ts';
import {
  type Call,
  isGraphqlEnd,
  isRestEnd,
  type Provider,
  PYTHON,
  type Started,
  sha256,
  startProcess,
  startProvider,
  type Workplace,
  workplace,
} from '../stub/machine.ts';

const KEY = 'pod-key-that-nobody-may-see';
const TOOLS = ['sleep', 'awk', 'cat', 'cp', 'mktemp', 'rm', 'sha256sum', 'sh', 'uname'];
const SHELLS = ['dash', 'bash', 'busybox'].flatMap((name) => which(name) ?? []);

function which(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Arguments that make a shell run the start command. */
function shell(path: string): readonly [string, readonly string[]] {
  const [, ...args] = startCommand();
  return [path, path.endsWith('busybox') ? ['sh', ...args] : args];
}

describe('the start command', () => {
  if (process.platform === 'win32') return;

  let place: Workplace;
  let provider: Provider;
  let pod: Started | undefined;
  let answer: (call: Call) => number | undefined;

  beforeEach(async () => {
    place = workplace();
    answer = () => 204;
    provider = await startProvider((call) => answer(call));
  });
  afterEach(async () => {
    pod?.kill();
    await provider.close();
    place.remove();
  });

  /** A PATH of nothing but the basic tools and those named. Python is the one of the tests. */
  function path(...names: string[]): string {
    const folder = join(place.folder, 'bin');
    mkdirSync(folder, { recursive: true });
    for (const name of [...TOOLS, ...names]) {
      const target = name === 'python3' ? PYTHON : which(name);
      if (target) writeFileSync(join(folder, name), `#!/bin/sh\nexec ${target} "$@"\n`);
      if (target) chmodSync(join(folder, name), 0o755);
    }
    return folder;
  }

  /** Puts another runner on the volume, as the one that was uploaded. */
  function runner(text: string): Record<string, string> {
    const file = place.path(keys.runner(sha256(text)));
    writeFileSync(file, text);
    return { TABPOD_RUNNER: file, TABPOD_EXPECT: JSON.stringify({ runner: sha256(text), script: '', dataset: null }) };
  }

  function start(more: Record<string, string> = {}, file = SHELLS[0] ?? 'sh'): Started {
    const environment = {
      ...place.environment,
      PATH: more.PATH ?? path('curl', 'python3'),
      HOME: place.folder,
      TMPDIR: place.folder,
      TABPOD_BACKEND: 'runpod',
      TABPOD_REST_URL: provider.restUrl,
      TABPOD_GRAPHQL_URL: provider.graphqlUrl,
      RUNPOD_POD_ID: 'pod-1',
      RUNPOD_API_KEY: KEY,
      ...more,
    };
    pod = startProcess(...shell(file), environment);
    return pod;
  }

  const byStart = (call: Call) => isRestEnd(call) && call.agent === 'tabpod-start/1';

  it('survives being split like a shell command, and needs no escaping', () => {
    const text = startCommand()[2] ?? '';
    assert.equal(startArgs(), `sh -c '${text}'`);
    assert.ok(!text.includes("'") && !text.includes('{{') && text.length < 3072);
    const split = execFileSync(PYTHON, [
      '-c',
      'import json, shlex, sys; print(json.dumps(shlex.split(sys.argv[1])))',
      startArgs(),
    ]);
    assert.deepEqual(JSON.parse(String(split)), startCommand());
  });

  for (const file of SHELLS) {
    describe(`in ${file}`, () => {
      it('runs the runner, which trains and asks for the end', async () => {
        start({}, file);
        await provider.called(isRestEnd);
        assert.equal(place.status().final?.outcome, 'succeeded');
      });

      for (const [name, text] of [
        ['ends well', 'pass\n'],
        ['fails', 'raise SystemExit(1)\n'],
        ['kills itself', 'import os\nos.kill(os.getpid(), 9)\n'],
      ] as const) {
        it(`asks for the end, again and again, when the runner ${name}`, async () => {
          const started = start(runner(text), file);
          const call = await provider.called(byStart, 3);
          await provider.called((one) => isGraphqlEnd(one) && one.agent === 'tabpod-start/1', 3);
          assert.equal(call.authorization, `Bearer ${KEY}`);
          assert.equal(started.child.exitCode, null, 'it never returns');
        });
      }

      it('asks for the end when the volume never comes', async () => {
        start({ TABPOD_VOLUME: '/nowhere' }, file);
        await provider.called(byStart, 2);
        assert.match(pod?.output() ?? '', /the volume or the runner is missing/);
      });

      it('asks for the end when there is no Python', async () => {
        start({ PATH: path('curl') }, file);
        await provider.called(byStart, 2);
        assert.match(pod?.output() ?? '', /python3.*not found/);
      });

      it('never runs a runner that was not uploaded', async () => {
        const more = runner(`open(${JSON.stringify(join(place.folder, 'ran'))}, "w")\n`);
        start(
          { ...more, TABPOD_EXPECT: JSON.stringify({ runner: sha256('another'), script: '', dataset: null }) },
          file,
        );
        await provider.called(byStart, 2);
        assert.match(pod?.output() ?? '', /not the one that was uploaded/);
        assert.ok(!existsSync(join(place.folder, 'ran')));
      });

      it('asks for the end at the hard limit though the runner hangs', async () => {
        start({ ...runner('import time\ntime.sleep(600)\n'), TABPOD_HARD_LIMIT_S: '40' }, file);
        await provider.called(byStart, 2);
      });

      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        it(`hands ${signal} on to the runner, lets it finish, then asks for the end`, async () => {
          const text = [
            'import signal, time',
            `def stop(*_): open(${JSON.stringify(join(place.folder, 'stopped'))}, "w"); raise SystemExit`,
            'signal.signal(signal.SIGTERM, stop)',
            `open(${JSON.stringify(join(place.folder, 'ready'))}, "w")`,
            'time.sleep(600)',
          ];
          const started = start(runner(`${text.join('\n')}\n`), file);
          await until('the runner runs', () => existsSync(join(place.folder, 'ready')));
          started.child.kill(signal);
          await provider.called(byStart, 2);
          assert.ok(existsSync(join(place.folder, 'stopped')));
        });
      }

      it('asks for the end when a signal comes before the runner does', async () => {
        const started = start({ TABPOD_VOLUME: '/nowhere', TABPOD_WAIT_SCALE: '0.1' }, file);
        const children = `/proc/${started.child.pid}/task/${started.child.pid}/children`;
        await until('the guard and a sleep run', () => readFileSync(children, 'utf8').trim().includes(' '));
        started.child.kill('SIGTERM');
        await provider.called(byStart);
      });
    });
  }

  for (const tool of ['curl', 'wget', 'python3'] as const) {
    it(`with only ${tool}: asks with its key, which no command line shows`, async function () {
      if (process.platform !== 'linux' || (tool !== 'python3' && !which(tool))) this.skip();
      const shown: string[] = [];
      const modes = new Set<number>();
      answer = (call) => {
        shown.push(...commandLines());
        for (const mode of modesOfFilesWith(KEY, place.folder)) modes.add(mode);
        return byStart(call) ? undefined : 500;
      };
      start({ PATH: path(tool), ...runner('pass\n') });
      const call = await provider.called(byStart, 2);
      assert.deepEqual([call.authorization, call.body], [`Bearer ${KEY}`, '{"action":"terminate"}']);
      await provider.called(isGraphqlEnd, 2);
      assert.ok(shown.some((line) => line.includes('/v2/pods/pod-1/action')));
      assert.ok(!shown.some((line) => line.includes(KEY)));
      assert.deepEqual([...modes], tool === 'wget' ? [0o600] : []);
    });
  }

  it('goes on when nothing answers, with a broken curl and without the GraphQL address', async () => {
    const bin = path('python3');
    rmSync(join(bin, 'curl'), { force: true });
    symlinkSync(which('false') ?? '/bin/false', join(bin, 'curl'));
    answer = () => undefined;
    start({ PATH: bin, TABPOD_GRAPHQL_URL: '', ...runner('pass\n') });
    await provider.called(byStart, 4);
  });
});

/** The command lines of all processes, as any process may read them. */
function commandLines(): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return [];
    }
  });
}

/** Permissions of the files directly in a folder that hold a text just now. */
function modesOfFilesWith(text: string, folder: string): readonly number[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.flatMap(({ name }) => {
    try {
      return readFileSync(join(folder, name), 'utf8').includes(text) ? statSync(join(folder, name)).mode & 0o777 : [];
    } catch {
      // The shell took it away again.
      return [];
    }
  });
}
