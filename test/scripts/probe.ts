import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { keys } from '../../src/core/contract/keys.ts';
import { ID, PYTHON, plainEnvironment, startProcess, type Workplace } from '../stub/machine.ts';

/** Makes wheels with nothing but the standard library, so that no test needs a registry. */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, requires = sys.argv[1:]
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
    info = f"{name}-1.0.dist-info"
    wheel.writestr(f"{name}.py", "ANSWER = 42\\n")
    requirement = f"Requires-Dist: {requires}\\n" if requires else ""
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n{requirement}")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

/** A wheel of `tabpod_probe` in a folder, made now; returns its path. */
export function probeWheel(folder: string, requires = ''): string {
  mkdirSync(folder, { recursive: true });
  execFileSync(PYTHON, ['-c', MAKE_WHEEL, folder, 'tabpod_probe', requires]);
  return join(folder, 'tabpod_probe-1.0-py3-none-any.whl');
}

/** How a header or a lock names that wheel. */
export const probe = (wheel: string) => `tabpod-probe @ file://${wheel}`;

/** A script that asks for the wheel, with more lines in its header, and prints where it runs. */
export function probeScript(wheel: string, more: readonly string[] = []): string {
  return [
    '# /// script',
    `# dependencies = ["${probe(wheel)}"]`,
    ...more,
    '# ///',
    'import os, sys, tabpod_probe',
    'print("ANSWER", tabpod_probe.ANSWER, sys.prefix)',
    'with open(os.environ["TABPOD_RUN"] + "/metrics.json", "w") as file: file.write("{}")',
    '',
  ].join('\n');
}

/** Runs a job in a place whose cache is `cache`; returns its log. */
export async function runProbe(place: Workplace, cache: string, python = PYTHON, more: Record<string, string> = {}) {
  const environment = plainEnvironment({ ...place.environment, TABPOD_CACHE: cache, ...more });
  await startProcess(python, ['-I', place.environment.TABPOD_RUNNER ?? ''], environment).ended;
  return place.text(keys.inRun(ID, 'train.log'));
}

/** The same for a job that succeeds. */
export async function trainProbe(...job: Parameters<typeof runProbe>): Promise<string> {
  const log = await runProbe(...job);
  assert.equal(job[0].status().final?.outcome, 'succeeded', log);
  return log;
}

/** A Python without uv beside it, and the search path that has none either. */
export function withoutUv(folder: string): { readonly python: string; readonly environment: Record<string, string> } {
  const base = String(execFileSync(PYTHON, ['-c', 'import sys; print(sys._base_executable)'])).trim();
  execFileSync(base, ['-m', 'venv', folder]);
  return { python: join(folder, 'bin', 'python'), environment: { PATH: '/usr/bin:/bin' } };
}
