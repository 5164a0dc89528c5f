// A real VS Code for tests and the demo: `node scripts/vscode.mjs install` fetches one, `test-host` runs out/host in it.
// The desktop build where it can be had; else the same workbench and extension host from the npm package code-server,
// in a headless Chromium. Runs from the repository root.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const SERVER = 'code-server@4.139.1';
/** The desktop build the same suites run in: the version of the server build. */
const DESKTOP = '1.139.1';

const root = process.cwd();
const windows = process.platform === 'win32';
const home = join(root, '.cache', 'vscode');
const server = join(home, 'node_modules', 'code-server', 'lib', 'vscode');
const stamp = join(home, 'installed');
const BROWSERS = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'chrome'];
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Settings of a profile that shows nothing but the workbench. */
const QUIET = {
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** What the workbench tells of itself between the lines of the tests. */
const WORKBENCH_NEWS = /^(\[|Creating a socket|Resolv|Updating additional)/;

/** Fetches the server build and a browser; quick when both are there. */
export function install() {
  findBrowser() ?? installBrowser();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === SERVER) return;
  console.error(`setup: vscode (${SERVER}, about 600 MB)`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  // Nothing of it is compiled here: the native parts serve terminals and file watching, which no test needs.
  const npm = (cwd, ...args) =>
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args], {
      cwd,
      shell: windows,
      stdio: ['ignore', 2, 2],
    });
  npm(home, SERVER);
  npm(server, '--omit=dev');
  writeFileSync(stamp, SERVER);
}

/** Path of a Chromium on this computer, from TABPOD_CHROMIUM or PATH. */
function findBrowser() {
  return process.env.TABPOD_CHROMIUM || findOnPath(BROWSERS);
}

/** Path of the first of these programs that PATH leads to. */
export function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const endings = windows ? ['.exe', '.cmd'] : [''];
  const paths = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))),
  );
  return paths.find((path) => existsSync(path));
}

function installBrowser() {
  const asRoot = process.getuid?.() === 0;
  if (asRoot && existsSync('/usr/bin/apt-get')) {
    console.error('setup: chromium');
    const apt = (...args) => execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 2] });
    apt('update', '-qq');
    apt('install', '-y', '-qq', 'chromium');
    if (findBrowser()) return;
  }
  throw new Error('No Chromium or Chrome was found. Install one, or name its path in TABPOD_CHROMIUM.');
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/**
 * Starts the server build and resolves once it listens. `settings` are user settings, `environment` reaches the
 * extension host, `restricted` leaves workspace trust on. Nothing outside a temporary folder is written.
 */
export async function startServer({ settings = {}, environment = {}, restricted = false } = {}) {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'tabpod-vscode-'));
  mkdirSync(join(data, 'data', 'User'), { recursive: true });
  writeFileSync(join(data, 'data', 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  const args = [join(server, 'out', 'server-main.js'), '--host', '127.0.0.1', '--port', String(port)];
  args.push('--without-connection-token', '--accept-server-license-terms', '--server-data-dir', data);
  args.push('--telemetry-level', 'off', '--enable-smoke-test-driver');
  if (!restricted) args.push('--disable-workspace-trust');
  const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  const child = spawn(node, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
  });
  const close = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((done) => child.once('exit', done));
      // The whole group: extension hosts are its children.
      windows ? child.kill() : process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await listening(child);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, url: (folder, tests) => windowUrl(port, folder, tests), close };
}

function listening(child) {
  return new Promise((done, failed) => {
    let output = '';
    const read = (chunk) => {
      output += chunk;
      if (output.includes('Extension host agent listening')) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`The VS Code server ended with ${code}:\n${output.slice(-2000)}`)));
  });
}

/** Address of a window on `folder` with this extension in it; `tests` is a module whose `run()` is called. */
function windowUrl(port, folder, tests) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${resolve(path)}`;
  const payload = [['extensionDevelopmentPath', remote(root)]];
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  payload.push(['skipWelcome', 'true']);
  const query = new URLSearchParams({ folder: resolve(folder), payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query}`;
}

/** A headless Chromium through playwright-core. */
export async function launchBrowser() {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
}

/** What tells the extension which Python and which home to use in tests and demos. */
export function tabpodEnvironment(home) {
  const python = join(root, '.cache', 'venv', windows ? 'Scripts' : 'bin', windows ? 'python.exe' : 'python');
  return { TABPOD_HOME: home, ...(existsSync(python) ? { TABPOD_PYTHON: python } : {}) };
}

/** Runs out/host in the server build; resolves to the exit code. */
async function hostTestsInServer(folder, home) {
  const code = await startServer({ environment: tabpodEnvironment(home) });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.exposeFunction('codeAutomationLog', (level, [line = '', ...rest]) => {
      if (level === 'info' && !WORKBENCH_NEWS.test(line)) console.log(line, ...rest);
    });
    const verdict = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
    await page.goto(code.url(folder, join(root, 'out', 'host', 'index.js')));
    return await verdict;
  } finally {
    await browser.close();
    await code.close();
  }
}

/** A desktop VS Code, or `undefined` where none can be had: no display, no internet, or TABPOD_VSCODE=server. */
async function desktop() {
  const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (process.env.TABPOD_VSCODE === 'server' || headless) return undefined;
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  const reporter = { report: () => {}, error: () => {} };
  try {
    const cachePath = join(root, '.cache', 'vscode-desktop');
    return await downloadAndUnzipVSCode({ version: DESKTOP, cachePath, timeout: 10_000, reporter });
  } catch (error) {
    console.error(
      `No desktop VS Code (${error instanceof Error ? error.message : error}): the server build runs the tests.`,
    );
    return undefined;
  }
}

async function testHost() {
  const scratch = mkdtempSync(join(tmpdir(), 'tabpod-host-'));
  const folder = join(scratch, 'workspace');
  const tabpodHome = join(scratch, 'home');
  mkdirSync(folder);
  try {
    const vscodeExecutablePath = await desktop();
    if (!vscodeExecutablePath) return await hostTestsInServer(folder, tabpodHome);
    const { runTests } = await import('@vscode/test-electron');
    return await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'out', 'host', 'index.js'),
      extensionTestsEnv: tabpodEnvironment(tabpodHome),
      launchArgs: [
        folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${join(scratch, 'user')}`,
      ],
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

const command = process.argv[1]?.endsWith('vscode.mjs') ? process.argv[2] : undefined;
try {
  if (command === 'install') install();
  if (command === 'test-host') process.exitCode = await testHost();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
