import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON, sha256, type Workplace, workplace } from '../stub/machine.ts';
import { probe, probeScript, probeWheel, runProbe, trainProbe, withoutUv } from './probe.ts';

const HEADER_CHANGED = /tabpod: the script's header was changed, so its packages are not those of the lock\n/;
const GIVEN_UP = /tabpod: the lock could not be installed here, so other versions may be\n/;
const LOCK = /\block\b/;
const NEWER = '2026-01-01T00:00:00Z';

describe('the lock of a job', () => {
  if (process.platform === 'win32') return;
  let place: Workplace;
  let cache: string;
  let places: Workplace[];
  beforeEach(() => {
    places = [];
    place = workplace();
    cache = join(place.folder, 'shared-cache');
  });
  afterEach(() => {
    for (const one of [place, ...places]) one.remove();
  });

  /** Only a lock gets this wheel installed: what it requires besides is nowhere. */
  const needy = () => probeWheel(join(place.folder, 'needy'), 'tabpod-there-is-none');
  const plain = () => probeWheel(join(place.folder, 'plain'));

  function list(wheel: string, requirements: readonly string[], hash = sha256(readFileSync(wheel))): string {
    const madeFrom = { requirements, overrides: [], newer: '' };
    return `# ${JSON.stringify(madeFrom)}\n${probe(wheel)} \\\n    --hash=sha256:${hash}\n`;
  }
  function at(script: string, lock: string): Workplace {
    const made = workplace({ script, lock });
    places.push(made);
    return made;
  }
  const environments = () => readdirSync(join(cache, 'envs'));

  it('is what uv installs, whole and nothing else, and its environment is used again', async () => {
    const wheel = needy();
    const lock = list(wheel, [probe(wheel), 'tabpod-sometimes']);
    const log = await trainProbe(at(probeScript(wheel), lock), cache);
    assert.match(log, /Installed 1 package/);
    assert.doesNotMatch(log, LOCK);
    rmSync(wheel);
    assert.doesNotMatch(await trainProbe(at(probeScript(wheel), lock), cache), /Installed/);
    assert.equal(environments().length, 1);
  });

  it('is what pip installs where there is no uv', async () => {
    const { python, environment } = withoutUv(join(place.folder, 'bare'));
    const wheel = needy();
    const log = await trainProbe(at(probeScript(wheel), list(wheel, [probe(wheel)])), cache, python, environment);
    assert.match(log, /Successfully installed tabpod-probe-1\.0/);
    assert.doesNotMatch(log, LOCK);
  });

  it('has a list of its own for machines on which a GPU answers', async () => {
    const gpu = join(place.folder, 'gpu');
    mkdirSync(gpu);
    cpSync('/bin/true', join(gpu, 'nvidia-smi'));
    const wheel = needy();
    const script = probeScript(wheel, ['# [tool.tabpod]', '# cuda = ["tabpod-accelerator"]']);
    const lock = list('/nowhere', [probe(wheel)], '0'.repeat(64)) + list(wheel, [probe(wheel), 'tabpod-accelerator']);
    const PATH = `${gpu}:${process.env.PATH}`;
    assert.doesNotMatch(await trainProbe(at(script, lock), cache, PYTHON, { PATH }), LOCK);
  });

  for (const [what, more] of [
    ['another package', ['# [tool.tabpod]']],
    ['other overrides', ['# [tool.uv]', `# override-dependencies = ["tabpod-other; sys_platform == 'never'"]`]],
    ['another day', ['# [tool.uv]', `# exclude-newer = "${NEWER}"`]],
  ] as const) {
    it(`is left alone, and the log says so, when the header asks for ${what}`, async () => {
      const wheel = plain();
      const madeFrom = what === 'another package' ? ['tabpod-other'] : [probe(wheel)];
      const log = await trainProbe(at(probeScript(wheel, more), list(needy(), madeFrom)), cache);
      assert.match(log, HEADER_CHANGED);
    });
  }

  it('does not keep a script without a header from running', async () => {
    const script = 'import os\nopen(os.environ["TABPOD_RUN"] + "/metrics.json", "w").write("{}")\n';
    const log = await trainProbe(at(script, list(plain(), [])), cache);
    assert.doesNotMatch(log, LOCK);
  });

  it('gives way, and the log says so, when this machine cannot have it', async () => {
    const wheel = plain();
    const lock = `${list(wheel, [probe(wheel)])}tabpod-there-is-none==1.0 --hash=sha256:${'0'.repeat(64)}\n`;
    assert.match(await trainProbe(at(probeScript(wheel), lock), cache, PYTHON, { UV_NO_INDEX: '1' }), GIVEN_UP);
  });

  for (const installer of ['uv', 'pip']) {
    it(`does not give way when a package was exchanged (${installer})`, async () => {
      const bare = installer === 'pip' ? withoutUv(join(place.folder, 'bare')) : undefined;
      const wheel = plain();
      const job = at(probeScript(wheel), list(wheel, [probe(wheel)], '0'.repeat(64)));
      const log = await runProbe(job, cache, bare?.python, bare?.environment);
      const { final } = job.status();
      assert.equal(final?.reason, 'environment', log);
      assert.match(final?.detail ?? '', /^The packages could not be installed: .*hash/i);
      assert.doesNotMatch(log, GIVEN_UP);
    });
  }

  it('must be there, as it was uploaded', async () => {
    const wheel = plain();
    const [damaged, missing] = [0, 1].map(() => at(probeScript(wheel), list(wheel, [probe(wheel)])));
    writeFileSync(damaged?.environment.TABPOD_LOCK ?? '', 'tabpod-probe==1.0\n');
    rmSync(missing?.environment.TABPOD_LOCK ?? '');
    for (const job of places) await runProbe(job, cache);
    assert.equal(damaged?.status().final?.reason, 'input_damaged');
    assert.equal(missing?.status().final?.reason, 'input_missing');
  });
});
