import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../src/backends/local/python.ts';
import { silentLog } from '../../src/base/log.ts';
import { explain } from '../../src/core/error.ts';

describe('the Python of this computer', () => {
  if (process.platform === 'win32') return;
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tabpod-python-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Puts a program on the PATH of the test that answers as a Python of this kind would. */
  function install(name: string, answer: object | string): string {
    const path = join(folder, name);
    const text = typeof answer === 'string' ? answer : JSON.stringify({ path, ...answer });
    writeFileSync(path, `#!/bin/sh\ncase "$1" in -I) echo '${text}' ;; *) exit 2 ;; esac\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const find = (configured?: string, more: Record<string, string> = {}) =>
    findPython({ configured, log: silentLog, environment: { PATH: `${folder}`, ...more } });
  const good = { version: [3, 12], venv: true, uv: false };

  it('is the one the user named, then TABPOD_PYTHON, then the newest on the PATH', async () => {
    install('python3', good);
    const newer = install('python3.13', { ...good, version: [3, 13] });
    const environment = install('mine', good);
    const configured = install('named', good);
    assert.equal(await find(configured, { TABPOD_PYTHON: environment }), configured);
    assert.equal(await find(undefined, { TABPOD_PYTHON: environment }), environment);
    assert.equal(await find('', { TABPOD_PYTHON: '' }), newer);
  });

  it('is passed over when it is too old, too new, bare or broken', async () => {
    install('python3.13', { ...good, version: [3, 14] });
    install('python3.12', 'Segmentation fault');
    install('python3.11', { ...good, venv: false });
    install('python3', { ...good, version: [3, 10] });
    const last = install('python', { ...good, venv: false, uv: true });
    assert.equal(await find(join(folder, 'nowhere')), last);
  });

  it('when there is none: one sentence names each that was tried and the way out', async () => {
    install('python3', { ...good, version: [3, 9] });
    install('python', { ...good, venv: false });
    await assert.rejects(find('mine'), (error) => {
      assert.equal(
        explain(error),
        'No usable Python was found on this computer (mine: not found; python3.13: not found; python3.12: not found; ' +
          'python3.11: not found; python3: is version 3.9; python: has neither venv nor uv). Install Python 3.11, 3.12 ' +
          'or 3.13 with venv or uv, or name one in the setting tabpod.python or in TABPOD_PYTHON.',
      );
      return true;
    });
  });
});
