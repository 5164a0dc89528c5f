// `npm run demo:vscode`: VS Code with the extension, the sample workspace and an emulated RunPod, already connected.
// The desktop build where `code` is on PATH and a display is there; else the server build, in your browser.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { emulatorEnvironment, startEmulatorProcess } from './emulator.mjs';
import { findOnPath, startServer, tabpodEnvironment } from './vscode.mjs';

const root = process.cwd();
const demo = join(root, '.cache', 'demo-vscode');
const workspace = join(demo, 'workspace');
mkdirSync(workspace, { recursive: true });
cpSync(join(root, 'samples'), workspace, { recursive: true });

const emulator = await startEmulatorProcess();
const environment = {
  ...tabpodEnvironment(join(demo, 'home')),
  ...emulatorEnvironment(emulator.addresses),
  // Pods are processes here: this is where they find Python and uv.
  PATH: [join(root, '.cache', 'venv', process.platform === 'win32' ? 'Scripts' : 'bin'), process.env.PATH].join(
    delimiter,
  ),
};
const ended = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
});
const what =
  'Right-click penguins.csv and choose “Train Model on RunPod…”. The account is an emulated one: nothing costs money.';
const code = findOnPath(['code']);
const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;

try {
  if (code && display && process.env.TABPOD_VSCODE !== 'server') {
    const args = [
      '--new-window',
      '--wait',
      `--user-data-dir=${join(demo, 'user')}`,
      `--extensionDevelopmentPath=${root}`,
      workspace,
    ];
    const window = spawn(code, args, {
      env: { ...process.env, ...environment },
      shell: process.platform === 'win32',
      stdio: 'ignore',
    });
    console.log(`VS Code opens. ${what} Close the window or press Ctrl-C to end.`);
    await Promise.race([new Promise((resolve) => window.once('exit', resolve)), ended]);
    window.kill();
  } else {
    const server = await startServer({ environment });
    console.log(`Open ${server.url(workspace)}\n\n${what} Press Ctrl-C to end.`);
    await ended;
    await server.close();
  }
} finally {
  await emulator.stop();
}
