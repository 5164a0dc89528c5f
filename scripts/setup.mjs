// Sets up what a command needs, and nothing twice: `node scripts/setup.mjs [build|tests] [python] [vscode]`.
// Plain Node 20 and no dependency: this is the first thing that runs in a fresh clone.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
const windows = process.platform === 'win32';
const wanted = new Set(process.argv.slice(2));

function run(file, args, options = {}) {
  execFileSync(file, args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows && file === 'npm', ...options });
}

/** Runs `work` unless it was done before with the same inputs. */
function once(name, inputs, work) {
  const hash = createHash('sha256').update(process.version);
  for (const input of inputs) hash.update(readFileSync(join(root, input)));
  const digest = hash.digest('hex');
  const stamp = join(cache, `${name}.stamp`);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.error(`setup: ${name}`);
  work();
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, digest);
}

/** A Python of 3.11 or newer on this computer. */
function findPython() {
  const names = [process.env.TABPOD_PYTHON, 'python3', 'python3.13', 'python3.12', 'python3.11', 'python'].filter(
    Boolean,
  );
  for (const name of names) {
    try {
      execFileSync(name, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'], {
        stdio: 'ignore',
      });
      return name;
    } catch {
      // Not this one.
    }
  }
  throw new Error(
    'No Python 3.11 or newer with venv was found. Install one (on Debian and Ubuntu: apt install python3-venv) or name it in TABPOD_PYTHON.',
  );
}

function setUpPython() {
  once('python', ['test/requirements.txt', 'test/overrides.txt'], () => {
    const venv = join(cache, 'venv');
    const bin = join(venv, windows ? 'Scripts' : 'bin');
    rmSync(venv, { recursive: true, force: true });
    run(findPython(), ['-m', 'venv', venv]);
    run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv']);
    const install = [
      'pip',
      'install',
      '--quiet',
      '--python',
      join(bin, 'python'),
      '-r',
      'test/requirements.txt',
      '--override',
      'test/overrides.txt',
    ];
    run(join(bin, 'uv'), install);
  });
}

try {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json')) || wanted.size > 0) {
    once('dependencies', ['package-lock.json'], () => run('npm', ['ci', '--no-audit', '--no-fund']));
  }
  if (wanted.has('python')) setUpPython();
  if (wanted.has('vscode')) run(process.execPath, ['scripts/vscode.mjs', 'install']);
  if (wanted.has('build') || wanted.has('tests')) {
    run(join(root, 'node_modules', '.bin', windows ? 'node.exe' : 'node'), [
      'esbuild.mjs',
      wanted.has('tests') ? '--tests' : '--tools',
    ]);
  }
} catch (error) {
  console.error(`setup failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
