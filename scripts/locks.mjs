// `npm run locks`: makes templates/locks/ anew from the headers of rendered scripts, looks that every list has wheels
// for the Pythons and platforms people have, and trains all twelve kinds of script in environments made from them.
// A lock holds a list for any machine and, where the header has extras for GPUs, one for machines with them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headerOf } from './header.mjs';

const root = join(import.meta.dirname, '..');
const bin = join(root, '.cache', 'venv', process.platform === 'win32' ? 'Scripts' : 'bin');
const FAMILIES = ['xgboost', 'lightgbm', 'catboost', 'keras'];
const TARGETS = { regression: 'body_mass_g', binary_classification: 'sex', multiclass_classification: 'species' };
/** Scripts for Excel files ask for it besides. */
const SOMETIMES = ['python-calamine>=0.4,<1'];
const PYTHONS = ['3.11', '3.12', '3.13'];
const PLATFORMS = ['x86_64-manylinux_2_28', 'aarch64-manylinux_2_28', 'aarch64-apple-darwin', 'x86_64-pc-windows-msvc'];
const GPU_PLATFORMS = ['x86_64-manylinux_2_28'];
const AS_LOCKED = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];

const folder = mkdtempSync(join(tmpdir(), 'tabpod-locks-'));
const lockFile = (family) => join(root, 'templates', 'locks', `${family}.txt`);

function run(file, args, env = {}) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'pipe'] };
  try {
    return execFileSync(file, args, { ...options, env: { ...process.env, ...env } });
  } catch (error) {
    throw new Error(`${[file, ...args].join(' ')}\n${error.stdout}${error.stderr}`);
  }
}

const uv = (...args) => run(join(bin, 'uv'), args);
const build = () => run(process.execPath, ['esbuild.mjs']);
const tabpod = (name, model, more = [], env = {}) => {
  const target = Object.entries(TARGETS).find(([task]) => model.endsWith(task))[1];
  const args = [name, 'samples/penguins.csv', '--target', target, '--model', model, ...more];
  return run(process.execPath, ['dist/cli.js', ...args], env);
};

/** The pinned list for some requirements, under a comment that says what it was made from. */
function pinned(madeFrom) {
  const [wanted, overrides] = ['wanted.txt', 'overrides.txt'].map((name) => join(folder, name));
  writeFileSync(wanted, madeFrom.requirements.join('\n'));
  writeFileSync(overrides, madeFrom.overrides.join('\n'));
  const how = ['--universal', '--generate-hashes', '--only-binary', ':all:', '--python-version', PYTHONS[0]];
  const silent = ['--quiet', '--no-header', '--no-annotate', '--no-emit-index-url', '--no-emit-find-links'];
  const newer = madeFrom.newer ? ['--exclude-newer', madeFrom.newer] : [];
  const list = uv('pip', 'compile', wanted, '--override', overrides, ...how, ...silent, ...newer);
  return { heading: `# ${JSON.stringify(madeFrom)}\n`, list };
}

/** Fails when a platform or a Python would have to build a package, or cannot have it at all. */
function checkWheels(list, platforms) {
  const file = join(folder, 'list.txt');
  writeFileSync(file, list);
  for (const python of PYTHONS) {
    for (const platform of platforms) {
      const where = ['--python-version', python, '--python-platform', platform, '--target', join(folder, 'target')];
      uv('pip', 'install', '--dry-run', '--quiet', ...where, ...AS_LOCKED, '-r', file);
    }
  }
}

function makeLock(family) {
  const { cuda, ...header } = headerOf(tabpod('script', `${family}_regression`));
  const madeFrom = { ...header, requirements: [...header.requirements, ...SOMETIMES] };
  const lists = [pinned(madeFrom)];
  checkWheels(lists[0].list, PLATFORMS);
  if (cuda.length > 0) {
    lists.push(pinned({ ...madeFrom, requirements: [...madeFrom.requirements, ...cuda] }));
    checkWheels(lists[1].list, GPU_PLATFORMS);
  }
  writeFileSync(lockFile(family), lists.map(({ heading, list }) => heading + list).join(''));
  console.log(`${family}: ${lists.map(({ list }) => `${list.match(/==/g).length} pins`).join(', ')}`);
}

/** Trains in an empty home, so that each environment is made from a lock, by the very runner that jobs have. */
function trainAll() {
  const home = join(folder, 'home');
  const env = { TABPOD_HOME: home, TABPOD_CACHE: '', TABPOD_PYTHON: join(bin, 'python') };
  for (const family of FAMILIES) {
    for (const task of Object.keys(TARGETS)) {
      const started = performance.now();
      tabpod('train', `${family}_${task}`, ['--backend', 'local'], env);
      console.log(`${family}_${task}: trained in ${Math.round((performance.now() - started) / 1000)} s`);
    }
  }
  const made = readdirSync(join(home, 'cache', 'envs')).map((name) =>
    JSON.parse(readFileSync(join(home, 'cache', 'envs', name, 'complete.json'), 'utf8')),
  );
  const locked = made.filter(({ packages }) => packages.locked).length;
  if (made.length !== FAMILIES.length || locked !== made.length) {
    throw new Error(`${made.length} environments were made, ${locked} of them from a lock: see ${home}`);
  }
}

try {
  // A new family has none yet, and the build wants one.
  for (const family of FAMILIES) if (!existsSync(lockFile(family))) writeFileSync(lockFile(family), '');
  build();
  for (const family of FAMILIES) makeLock(family);
  build();
  trainAll();
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
