import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { resolve } from '../../src/core/plan/resolve.ts';
import type { Plan } from '../../src/core/plan/schema.ts';
import { type Report, reportSchema } from '../../src/core/report/schema.ts';
import { renderPredict } from '../../src/core/script/predict.ts';
import { render } from '../../src/core/script/render.ts';
import type { Spec } from '../../src/core/spec/schema.ts';
import { fileSource } from '../../src/data/file-source.ts';
import { profileDataset } from '../../src/data/profile.ts';

export const PENGUINS = resolvePath('samples/penguins.csv');

/** The shared environment, which holds what the scripts name in their headers. */
export const PYTHON = resolvePath(
  process.platform === 'win32' ? '.cache/venv/Scripts/python' : '.cache/venv/bin/python',
);

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Settles when the process has printed this, or has ended. */
  printed(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts Python on a file or `-c` code; environment variables of Tabpod itself are not passed on. */
export function python(args: readonly string[], environment: Record<string, string> = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TABPOD_'));
  // One thread each: the cores are shared with other tests, and threads that wait for each other are slow then.
  const env = { ...Object.fromEntries(inherited), OMP_NUM_THREADS: '1', ...environment };
  const child = spawn(PYTHON, args, { env, stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((fulfil, reject) => {
    child.on('error', reject);
    child.on('close', (code) => fulfil({ code, stdout, stderr }));
  });
  return {
    ended,
    printed: (text) =>
      new Promise<void>((fulfil) => {
        const look = () => stdout.includes(text) && fulfil();
        child.stdout.on('data', look);
        child.on('close', () => fulfil());
        look();
      }),
    kill: (signal) => child.kill(signal),
  };
}

/** A temporary folder that the returned function removes. */
export function scratch(): {
  readonly folder: string;
  file(name: string, content: string | Uint8Array): string;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'tabpod-scripts-'));
  return {
    folder,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The plan for a file on disk, by way of its real profile. */
export async function planFor(data: string, spec: Omit<Spec, 'version' | 'dataset'>): Promise<Plan> {
  const profile = await profileDataset(await fileSource(data));
  return resolve({ version: 1, dataset: { path: data }, ...spec }, profile);
}

export interface Trained {
  readonly folder: string;
  readonly report: Report;
  readonly output: string;
}

/** Starts the script of a plan in a folder of its own; results come to lie in `out`. */
export function start(plan: Plan, data: string, folder: string, environment: Record<string, string> = {}): Running {
  writeFileSync(join(folder, 'train.py'), render(plan));
  return python([join(folder, 'train.py'), '--data', data, '--out', join(folder, 'out')], environment);
}

/** Trains to the end, and parses the report. */
export async function train(plan: Plan, data: string, folder: string, environment = {}): Promise<Trained> {
  const { code, stdout, stderr } = await start(plan, data, folder, environment).ended;
  assert.equal(code, 0, stdout + stderr);
  return { folder: join(folder, 'out'), report: reportIn(folder), output: stdout };
}

/** The report in a run directory, by its schema. */
export function reportIn(folder: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(join(folder, 'out', 'metrics.json'), 'utf8')));
}

/** Scores a file with `predict.py` in a process of its own. */
export async function predict(plan: Plan, trained: Trained, data: string, ...options: string[]): Promise<Ended> {
  const script = join(trained.folder, 'predict.py');
  writeFileSync(script, renderPredict(plan));
  return await python([script, data, ...options]).ended;
}

/** Runs Python code that prints one JSON value. */
export async function evaluated(code: string, ...args: string[]): Promise<unknown> {
  const ended = await python(['-c', `import json, sys\n${code}`, ...args]).ended;
  assert.equal(ended.code, 0, ended.stderr);
  return JSON.parse(ended.stdout);
}
