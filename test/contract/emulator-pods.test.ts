import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Emulator } from '../emulator/emulator.ts';
import { officialMissing, restViolations } from '../emulator/official.ts';
import { GPU, scratchEmulator } from '../emulator/scratch.ts';
import { until } from './until.ts';

const AGENT = { 'User-Agent': 'tabpod-test/1', 'Content-Type': 'application/json' };

function call(emulator: Emulator, method: string, path: string, body?: unknown, key = emulator.apiKey) {
  return fetch(emulator.restUrl + path, {
    method,
    headers: { ...AGENT, Authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** A pod that runs `script` in sh. */
async function podOf(emulator: Emulator, script: string, env: Record<string, string> = {}): Promise<string> {
  const response = await call(emulator, 'POST', '/pods', {
    name: 'by-hand',
    image: 'image',
    args: `sh -c '${script}'`,
    gpu: { id: GPU },
    mounts: { network: [{ volumeId: emulator.volumeId, path: emulator.volumeFolder }] },
    env: { VOLUME: emulator.volumeFolder, ...env },
  });
  const { id } = (await response.json()) as { id: string };
  return id;
}

/** What a pod wrote; `undefined` before it has. */
function content(emulator: Emulator, file: string): string | undefined {
  const path = join(emulator.volumeFolder, file);
  return (existsSync(path) && readFileSync(path, 'utf8').trim()) || undefined;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('pods of the emulator', () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await scratchEmulator();
  });
  after(() => emulator.stop());

  it('start the very command with the very environment, and RunPod’s own on top', async () => {
    const script = 'env > $VOLUME/env.tmp; mv $VOLUME/env.tmp $VOLUME/env; sleep 1000';
    const id = await podOf(emulator, script, {
      ASKED: 'a b "c" $d',
      RUNPOD_API_KEY: 'mine',
      SECRET: '{{ RUNPOD_SECRET_x }}',
    });
    const env = new Map(
      (await until('the pod wrote its environment', () => content(emulator, 'env')))
        .split('\n')
        .map((line): [string, string] => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
    );
    assert.equal(env.get('ASKED'), 'a b "c" $d');
    assert.equal(env.get('SECRET'), '');
    assert.equal(env.get('RUNPOD_POD_ID'), id);
    assert.equal(env.get('RUNPOD_DC_ID'), 'EU-RO-1');
    assert.equal(env.get('RUNPOD_VOLUME_ID'), emulator.volumeId);
    assert.match(env.get('RUNPOD_API_KEY') ?? '', /^rpa_pod_/);
    assert.match(env.get('PATH') ?? '', /^[^:]+\.cache\/venv\/bin:/);
    const folder = emulator.pods().find((pod) => pod.id === id)?.folder ?? '';
    assert.equal(env.get('HOME'), join(folder, 'home'));
    assert.equal(env.get('TMPDIR'), join(folder, 'tmp'));
    // Nothing of this computer's but the way to package indexes gets in.
    assert.equal(env.has('USER') || env.has('npm_lifecycle_event'), false);
    await call(emulator, 'DELETE', `/pods/${id}`);
  });

  it('are started again when their command exits, and are billed on', async () => {
    const id = await podOf(emulator, 'echo start >> $VOLUME/starts; exit 1');
    await until('it was started three times', () => (content(emulator, 'starts') ?? '').split('\n').length > 2);
    const pod = emulator.pods().find((candidate) => candidate.id === id);
    assert.equal(pod?.status, 'RUNNING');
    assert.ok((pod?.starts ?? 0) >= 3);
    const spent = emulator.spent();
    await until('it cost more', () => emulator.spent() > spent);
    await emulator.endPod(id, 'vanish');
  });

  it('end with everything they started, whatever session it is in', async () => {
    const script =
      'setsid sleep 1000 & echo $! > $VOLUME/other; sleep 1000 & echo $! > $VOLUME/same; (setsid sh -c "echo \\$\\$ > $VOLUME/orphan; exec sleep 1000" &) ; wait';
    const id = await podOf(emulator, script);
    const pids = await until('three processes run', () => {
      const found = ['other', 'same', 'orphan'].map((name) => Number(content(emulator, name) ?? 0));
      return found.every((pid) => pid > 0) && found;
    });
    assert.deepEqual(pids.map(alive), [true, true, true]);
    assert.equal((await call(emulator, 'POST', `/pods/${id}/action`, { action: 'terminate' })).status, 204);
    await until('the pod is gone', async () => (await call(emulator, 'GET', `/pods/${id}`)).status === 404);
    await until('its processes are gone', () => !pids.some(alive));
  });

  it('have a key that sees and ends its own pod only', async () => {
    const mine = await podOf(emulator, 'sleep 1000');
    const other = await podOf(emulator, 'sleep 1000');
    const key = emulator.pods().find(({ id }) => id === mine)?.key;
    assert.equal((await call(emulator, 'GET', `/pods/${mine}`, undefined, key)).status, 200);
    assert.equal((await call(emulator, 'GET', `/pods/${other}`, undefined, key)).status, 404);
    assert.equal((await call(emulator, 'POST', `/pods/${other}/action`, { action: 'terminate' }, key)).status, 404);
    assert.equal((await call(emulator, 'GET', '/pods', undefined, key)).status, 403);
    assert.equal((await call(emulator, 'GET', '/network-volumes', undefined, key)).status, 403);
    const graphql = async (query: string) => {
      const headers = { ...AGENT, Authorization: `Bearer ${key}` };
      const reply = await fetch(emulator.graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return (await reply.json()) as { data: unknown; errors?: { message: string; extensions: unknown }[] };
    };
    const myself = await graphql('{ myself { id } }');
    assert.deepEqual(myself.data, { myself: null });
    assert.equal(myself.errors?.[0]?.message, 'Unauthorized');
    assert.deepEqual((await graphql(`{ pod(input: {podId: "${other}"}) { id } }`)).data, { pod: null });
    const foreign = await graphql(`mutation { podTerminate(input: {podId: "${other}"}) }`);
    assert.deepEqual(foreign.errors?.[0]?.extensions, { code: 'POD_NOT_FOUND' });
    assert.equal((await graphql(`mutation { podTerminate(input: {podId: "${mine}"}) }`)).errors, undefined);
    await until('the pod is gone', () => !emulator.pods().some(({ id }) => id === mine));
    assert.ok(emulator.pods().some(({ id }) => id === other));
    await emulator.endPod(other, 'vanish');
  });

  it('can be stopped, started and restarted, and refuse what their state does not allow', async () => {
    const id = await podOf(emulator, 'echo $$ > $VOLUME/pid; sleep 1000');
    const act = async (action: string) => (await call(emulator, 'POST', `/pods/${id}/action`, { action })).status;
    assert.equal(await act('restart'), 409);
    const first = Number(await until('the container runs', () => content(emulator, 'pid')));
    assert.equal(await act('restart'), 200);
    await until('another container runs', () => ![first, 0].includes(Number(content(emulator, 'pid') ?? 0)));
    assert.equal(await act('stop'), 200);
    assert.equal(emulator.pods().find((pod) => pod.id === id)?.status, 'EXITED');
    assert.equal(await act('stop'), 409);
    assert.equal(await act('start'), 200);
    await until('it runs again', () => emulator.pods().some((pod) => pod.id === id && pod.uptime !== null));
    assert.equal(await act('fly'), 422);
    await emulator.endPod(id, 'vanish');
  });

  const missing = officialMissing('runpod-openapi-v2.json');
  (missing ? it.skip : it)(`agrees with the official schema in every request and reply${missing ?? ''}`, () => {
    assert.deepEqual(restViolations(emulator.requests), []);
  });
});

describe('the emulator as a process', () => {
  let folder: string;
  let child: ChildProcess;
  let addresses: { url: string; restUrl: string; apiKey: string; volumeId: string; volumeFolder: string };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tabpod-emulator-process-'));
    const built = join(folder, 'emulator.mjs');
    const { build } = await import('esbuild');
    await build({
      entryPoints: ['test/emulator/main.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: built,
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    child = spawn(process.execPath, [built, '--folder', folder, '--wait-scale', '0.005'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    addresses = await new Promise((resolve) => {
      child.stdout?.once('data', (line) => resolve(JSON.parse(String(line))));
    });
  });
  after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const control = async (path: string, body?: unknown) => {
    const response = await fetch(`${addresses.url}/_emulator/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response.status === 204 ? undefined : await response.json();
  };

  it('is steered from outside, and its pods die with it however it dies', async () => {
    assert.equal((await control('faults', { noFunds: true })).noFunds, true);
    assert.equal((await control('faults', { noFunds: false })).noFunds, false);
    const response = await fetch(`${addresses.restUrl}/pods`, {
      method: 'POST',
      headers: { ...AGENT, Authorization: `Bearer ${addresses.apiKey}` },
      body: JSON.stringify({
        name: 'x',
        image: 'x',
        args: `sh -c 'echo $$ > ${addresses.volumeFolder}/pid; sleep 1000'`,
        gpu: { id: GPU },
      }),
    });
    assert.equal(response.status, 201);
    const path = join(addresses.volumeFolder, 'pid');
    const pid = Number(
      await until('the pod runs', () => (existsSync(path) && readFileSync(path, 'utf8').trim()) || false),
    );
    assert.equal(alive(pid), true);
    const state = await control('state');
    assert.equal(state.pods.length, 1);
    assert.equal('key' in state.pods[0], false);
    child.kill('SIGKILL');
    await until('the pod’s process is gone', () => !alive(pid));
  });
});
