// `npm run demo [-- DATA --target COL …]`: the whole path on this computer, against an emulated RunPod.
// Everything but RunPod is real: the upload over S3, the pod's command, the training, the report, the proof that
// the pod is gone.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { emulatorEnvironment, startEmulatorProcess } from './emulator.mjs';

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const args = given.length > 0 ? given : ['samples/penguins.csv', '--target', 'species'];
const own = ['--backend', 'runpod'];

const emulator = await startEmulatorProcess();
try {
  console.error(`emulated RunPod at ${emulator.addresses.url}`);
  const cli = spawn(
    process.execPath,
    [join(root, 'dist', 'cli.js'), 'train', ...args, ...(given.includes('--backend') ? [] : own)],
    {
      stdio: 'inherit',
      // Paths are meant from where the person is, not from where npm runs scripts.
      cwd: given.length > 0 ? (process.env.INIT_CWD ?? root) : root,
      env: {
        ...process.env,
        ...emulatorEnvironment(emulator.addresses),
        TABPOD_HOME: process.env.TABPOD_HOME ?? join(root, '.cache', 'demo-home'),
        PATH: [join(root, '.cache', 'venv', process.platform === 'win32' ? 'Scripts' : 'bin'), process.env.PATH].join(
          delimiter,
        ),
      },
    },
  );
  // Ctrl-C reaches the CLI too: it stops the job and waits for the proof, and so do we.
  process.on('SIGINT', () => undefined);
  process.exitCode = await new Promise((resolve) => cli.on('close', (code) => resolve(code ?? 1)));
  const left = await emulator.podsLeft();
  console.log(`pods left: ${left}`);
  if (left > 0) process.exitCode = 1;
} finally {
  await emulator.stop();
}
