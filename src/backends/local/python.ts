import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { systemCode } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import { TabpodError } from '../../core/error.ts';

const run = promisify(execFile);

/** Asked of every candidate. Runs on any Python 3, says nothing else. */
const QUESTION = `
import importlib.util, json, os, shutil, sys
beside = os.path.dirname(sys.executable)
print(json.dumps({
    "path": sys.executable,
    "version": list(sys.version_info[:2]),
    "venv": all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")),
    "uv": bool(shutil.which("uv") or shutil.which("uv", path=beside)),
}))
`;

const answerSchema = z.object({
  path: z.string().check(z.minLength(1)),
  version: z.tuple([z.int(), z.int()]),
  venv: z.boolean(),
  uv: z.boolean(),
});

/** A command that may start a Python. */
type Candidate = readonly [string, ...string[]];

const USUAL: readonly Candidate[] = [['python3.13'], ['python3.12'], ['python3.11'], ['python3'], ['python']];
const LAUNCHER: readonly Candidate[] = [
  ['py', '-3.13'],
  ['py', '-3.12'],
  ['py', '-3.11'],
];

export interface PythonSearch {
  /** The Python the user named, if any. */
  readonly configured: string | undefined;
  readonly log: Log;
  /** Where TABPOD_PYTHON and PATH stand; the environment of this process when left out. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * The absolute path of a Python that can run scripts here: 3.11 to 3.13, able to make environments.
 * Throws TabpodError `local/no-python`, which names each that was tried and what it lacks.
 */
export async function findPython({ configured, log, environment = process.env }: PythonSearch): Promise<string> {
  const named = [configured, environment.TABPOD_PYTHON].flatMap((name) => name || []);
  const candidates: readonly Candidate[] = [
    ...named.map((name): Candidate => [name]),
    ...(process.platform === 'win32' ? LAUNCHER : []),
    ...USUAL,
  ];
  const tried: string[] = [];
  for (const candidate of candidates) {
    const found = await probe(candidate, environment);
    if ('path' in found) {
      log.debug(`Python: ${found.path}`);
      return found.path;
    }
    tried.push(`${candidate.join(' ')}: ${found.lacks}`);
    if (tried.length <= named.length) log.warn(`Python ${candidate[0]} is passed over: ${found.lacks}`);
  }
  throw new TabpodError('local/no-python', { tried: tried.join('; ') });
}

async function probe(
  [file, ...args]: Candidate,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly path: string } | { readonly lacks: string }> {
  try {
    const options = { timeout: 20_000, windowsHide: true, env: environment };
    const { stdout } = await run(file, [...args, '-I', '-c', QUESTION], options);
    const { path, version, venv, uv } = answerSchema.parse(JSON.parse(stdout));
    const [major, minor] = version;
    if (major !== 3 || minor < 11 || minor > 13) return { lacks: `is version ${major}.${minor}` };
    return venv || uv ? { path } : { lacks: 'has neither venv nor uv' };
  } catch (error) {
    return { lacks: systemCode(error) === 'ENOENT' ? 'not found' : 'does not work' };
  }
}
