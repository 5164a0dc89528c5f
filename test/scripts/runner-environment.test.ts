import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { keys } from '../../src/core/contract/keys.ts';
import { ID, PYTHON, plainEnvironment, startProcess, type Workplace, workplace } from '../stub/machine.ts';

/** Makes wheels with nothing but the standard library, so that no test needs a registry. */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, requires = sys.argv[1:]
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
    info = f"{name}-1.0.dist-info"
    wheel.writestr(f"{name}.py", "ANSWER = 42\\n")
    requirement = f"Requires-Dist: {requires}\\n" if requires else ""
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n{requirement}")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

function script(wheel: string, more: readonly string[] = []): string {
  return [
    '# /// script',
    `# dependencies = ["tabpod-probe @ file://${wheel}"]`,
    ...more,
    '# ///',
    'import os, sys, tabpod_probe',
    'print("ANSWER", tabpod_probe.ANSWER, sys.prefix)',
    'with open(os.environ["TABPOD_RUN"] + "/metrics.json", "w") as file: file.write("{}")',
    '',
  ].join('\n');
}

/** Runs a job in a place whose cache is `cache`; returns its log once it succeeded. */
async function train(place: Workplace, cache: string, python = PYTHON, more: Record<string, string> = {}) {
  const environment = plainEnvironment({ ...place.environment, TABPOD_CACHE: cache, ...more });
  const process = startProcess(python, ['-I', place.environment.TABPOD_RUNNER ?? ''], environment);
  await process.ended;
  const log = place.text(keys.inRun(ID, 'train.log'));
  assert.equal(place.status().final?.outcome, 'succeeded', log);
  return log;
}

describe('the environment of a script', () => {
  if (process.platform === 'win32') return;
  let place: Workplace;
  let cache: string;
  let wheels: string;
  beforeEach(() => {
    place = workplace();
    cache = join(place.folder, 'shared-cache');
    wheels = join(place.folder, 'wheels');
    mkdirSync(wheels);
  });
  afterEach(() => place.remove());

  function wheel(requires = ''): string {
    execFileSync(PYTHON, ['-c', MAKE_WHEEL, wheels, 'tabpod_probe', requires]);
    return join(wheels, 'tabpod_probe-1.0-py3-none-any.whl');
  }
  const at = (text: string) => workplace({ script: text });
  const environments = () => readdirSync(join(cache, 'envs'));

  it('is built with uv, with the overrides of the header, and used again', async () => {
    const override = ['# [tool.uv]', `# override-dependencies = ["tabpod-there-is-none; sys_platform == 'never'"]`];
    const text = script(wheel('tabpod-there-is-none'), override);
    const [first, second] = [at(text), at(text)];
    const log = await train(first, cache);
    assert.match(log, /Installed 1 package/);
    assert.match(log, new RegExp(`ANSWER 42 ${cache}/envs/[0-9a-f]{24}\n`));
    rmSync(wheels, { recursive: true });
    assert.doesNotMatch(await train(second, cache), /Installed/);
    assert.equal(environments().length, 1);
    first.remove();
    second.remove();
  });

  it('is built with pip where there is no uv', async () => {
    const base = String(execFileSync(PYTHON, ['-c', 'import sys; print(sys._base_executable)'])).trim();
    const bare = join(place.folder, 'bare');
    execFileSync(base, ['-m', 'venv', bare]);
    const job = at(script(wheel()));
    const log = await train(job, cache, join(bare, 'bin', 'python'), { PATH: '/usr/bin:/bin' });
    assert.match(log, /Successfully installed tabpod-probe-1\.0/);
    assert.match(log, /ANSWER 42/);
    job.remove();
  });

  it('is built again when its Python is gone', async () => {
    const text = script(wheel());
    const [first, second] = [at(text), at(text)];
    await train(first, cache);
    rmSync(join(cache, 'envs', environments()[0] ?? '', 'bin', 'python'));
    assert.match(await train(second, cache), /ANSWER 42/);
    assert.equal(environments().length, 1);
    first.remove();
    second.remove();
  });

  it('serves two builders at once', async () => {
    const text = script(wheel());
    const jobs = [at(text), at(text)];
    const logs = await Promise.all(
      jobs.map((job, index) => train(job, cache, PYTHON, { TABPOD_MACHINE: `machine-${index}` })),
    );
    for (const log of logs) assert.match(log, /ANSWER 42/);
    assert.equal(environments().length, 1);
    for (const job of jobs) job.remove();
  });

  it('gets the accelerator packages where a GPU answers, and is another one then', async () => {
    const gpu = join(place.folder, 'gpu');
    mkdirSync(gpu);
    cpSync('/bin/true', join(gpu, 'nvidia-smi'));
    const target = wheel();
    const text = `# /// script\n# dependencies = ["tabpod-probe @ file://${target}"]\n# [tool.tabpod]\n# cuda = ["tabpod-extra @ file:///nowhere/tabpod_extra-1.0-py3-none-any.whl"]\n# ///\n`;
    const job = at(text);
    const environment = plainEnvironment({
      ...job.environment,
      TABPOD_CACHE: cache,
      PATH: `${gpu}:${process.env.PATH}`,
    });
    await startProcess(PYTHON, ['-I', job.environment.TABPOD_RUNNER ?? ''], environment).ended;
    const { final } = job.status();
    assert.equal(final?.reason, 'environment');
    assert.match(final?.detail ?? '', /tabpod_extra/);
    assert.ok(!existsSync(join(cache, 'envs')) || environments().length === 0, 'nothing half-built stays');
    job.remove();
  });
});
