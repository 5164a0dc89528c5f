// A job's waits: from the create call to the first round, and from the script's last file to the proof that the pod is
// gone. Everything but RunPod is real; the emulated pod takes 15 s to boot and no wait is shortened. The first run warms
// the caches of this machine and is not counted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { emulatorEnvironment, startEmulatorProcess } from '../scripts/emulator.mjs';
import { keep } from './keep.mjs';

const root = join(import.meta.dirname, '..');
const LOOK_EVERY_MS = 50;
/** Phases of a script that come after its first round. */
const LATER = ['refitting', 'evaluating', 'saving'];

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });

/** Trains on the sample and says how long the two waits were, in seconds. */
async function run(emulator) {
  const home = mkdtempSync(join(tmpdir(), 'tabpod-bench-'));
  try {
    const cli = spawn(
      process.execPath,
      [join(root, 'dist', 'cli.js'), 'train', 'samples/penguins.csv', '--target', 'species', '--backend', 'runpod'],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          ...emulatorEnvironment(emulator.addresses),
          TABPOD_HOME: home,
          PATH: [join(root, '.cache', 'venv', 'bin'), process.env.PATH].join(delimiter),
        },
      },
    );
    const ended = new Promise((resolve) => cli.on('close', resolve));
    const folder = () => join(emulator.addresses.volumeFolder, 'models', onlyJob(home) ?? 'none');
    const seen = await firstSeen(folder, ended);
    if ((await ended) !== 0) throw new Error('the job failed');
    const events = eventsOf(home);
    const at = (kind) => events.find((event) => event.kind === kind).at;
    const scriptEnd = statSync(join(folder(), 'metrics.json')).mtimeMs;
    const since = (from, to) => (to - from) / 1000;
    return {
      create_to_runner_s: since(at('intended'), seen.get('runner')),
      create_to_environment_s: since(at('intended'), seen.get('preparing')),
      create_to_script_s: since(at('intended'), seen.get('running')),
      create_to_first_round_s: since(at('intended'), seen.get('first round')),
      script_end_to_final_seen_s: since(scriptEnd, at('final')),
      script_end_to_gone_s: since(scriptEnd, at('gone')),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** When status.json first said each step, in milliseconds since the epoch, until the job has ended. */
async function firstSeen(folder, ended) {
  const seen = new Map();
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over) {
    for (const step of steps(folder())) if (!seen.has(step)) seen.set(step, Date.now());
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return seen;
}

/** What status.json says just now: that the runner is there, its state, and whether the first round is past. */
function steps(folder) {
  try {
    const { state, phase, round } = JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8'));
    const past = round !== null || LATER.includes(phase);
    return ['runner', state, ...(past ? ['first round'] : [])];
  } catch {
    return [];
  }
}

function onlyJob(home) {
  try {
    return readdirSync(join(home, 'jobs'))[0];
  } catch {
    return undefined;
  }
}

function eventsOf(home) {
  const folder = join(home, 'jobs', onlyJob(home), 'events');
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

const emulator = await startEmulatorProcess({ waitScale: 1 });
try {
  await run(emulator);
  for (let number = 1; number <= Number(values.runs); number += 1) {
    const times = await run(emulator);
    keep('job', { run: number, ...times });
    console.log(JSON.stringify(times));
  }
  if ((await emulator.podsLeft()) > 0) throw new Error('pods are left');
} finally {
  await emulator.stop();
}
