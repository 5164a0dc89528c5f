import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON, plainEnvironment, startProcess, type Workplace, workplace } from '../stub/machine.ts';
import { probeScript, probeWheel, trainProbe as train, withoutUv } from './probe.ts';

describe('the environment of a script', () => {
  if (process.platform === 'win32') return;
  let place: Workplace;
  let cache: string;
  let wheels: string;
  beforeEach(() => {
    place = workplace();
    cache = join(place.folder, 'shared-cache');
    wheels = join(place.folder, 'wheels');
  });
  afterEach(() => place.remove());

  const wheel = (requires?: string) => probeWheel(wheels, requires);
  const at = (text: string) => workplace({ script: text });
  const environments = () => readdirSync(join(cache, 'envs'));

  it('is built with uv, with the overrides of the header, and used again', async () => {
    const override = ['# [tool.uv]', `# override-dependencies = ["tabpod-there-is-none; sys_platform == 'never'"]`];
    const text = probeScript(wheel('tabpod-there-is-none'), override);
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
    const { python, environment } = withoutUv(join(place.folder, 'bare'));
    const job = at(probeScript(wheel()));
    const log = await train(job, cache, python, environment);
    assert.match(log, /Successfully installed tabpod-probe-1\.0/);
    assert.match(log, /ANSWER 42/);
    job.remove();
  });

  it('is built again when its Python is gone', async () => {
    const text = probeScript(wheel());
    const [first, second] = [at(text), at(text)];
    await train(first, cache);
    rmSync(join(cache, 'envs', environments()[0] ?? '', 'bin', 'python'));
    assert.match(await train(second, cache), /ANSWER 42/);
    assert.equal(environments().length, 1);
    first.remove();
    second.remove();
  });

  it('serves two builders at once', async () => {
    const text = probeScript(wheel());
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
