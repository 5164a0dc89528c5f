import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { until } from '../contract/until.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { GPU } from '../emulator/scratch.ts';
import { connected, startRunpod } from './runpod.ts';
import { JOB_MS, Workbench } from './workbench.ts';

const OWNER = 'aaaaaa';

describe('the pods of an account, in a window', function () {
  this.timeout(JOB_MS);
  let scratch: string;
  let emulator: Emulator;
  let window: Workbench;

  /** A pod that nobody here rented. */
  async function rent(name: string): Promise<void> {
    const response = await fetch(`${emulator.restUrl}/pods`, {
      method: 'POST',
      headers: {
        'User-Agent': 'somebody/1',
        'Content-Type': 'application/json',
        Authorization: `Bearer ${emulator.apiKey}`,
      },
      body: JSON.stringify({ name, image: 'image', args: "sh -c 'sleep 1000'", gpu: { id: GPU } }),
    });
    assert.equal(response.status, 201, await response.text());
  }

  const pod = (whose: string): Locator => window.view('Pods').getByRole('treeitem', { name: new RegExp(whose) });

  async function terminate(whose: string, answer: string): Promise<void> {
    const question = window.page.locator('.monaco-dialog-box');
    // The list may be drawn anew between the moment the mouse is over it and the click.
    await until('Tabpod asks', async () => {
      if (await question.isVisible()) return true;
      await pod(whose).hover();
      await pod(whose).getByRole('button', { name: 'Terminate Pod…' }).click();
      return await question.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    await window.answer(answer);
  }

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    const home = join(scratch, 'home');
    const folder = join(scratch, 'tables');
    mkdirSync(folder);
    mkdirSync(home);
    writeFileSync(join(home, 'owner'), OWNER);
    emulator = await startRunpod(scratch);
    await rent(`tabpod-${OWNER}-12345678-1`);
    await rent('tabpod-bbbbbb-12345678-1');
    await rent('jupyter');
    window = await Workbench.open({ folder, home, environment: connected(emulator) });
    await window.openTabpod();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
  });

  after(async () => {
    await window.close();
    await emulator.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('tells whose each pod is', async () => {
    await pod('yours, no job').waitFor();
    await pod('another Tabpod’s').waitFor();
    await pod('not Tabpod’s').waitFor();
    await window.picture('pods-of-others');
  });

  it('never touches a foreign pod', async () => {
    const actions = (whose: string) => pod(whose).getByRole('button', { name: /Terminate/ });
    await pod('another Tabpod’s').hover();
    await actions('another Tabpod’s').waitFor();
    await pod('not Tabpod’s').hover();
    await actions('another Tabpod’s').waitFor({ state: 'hidden' });
    assert.equal(await actions('not Tabpod’s').count(), 0);
  });

  it('ends a pod after a question, and only then', async () => {
    await terminate('another Tabpod’s', 'Cancel');
    assert.equal(emulator.pods().length, 3);
    await terminate('another Tabpod’s', 'Terminate Pod');
    await pod('another Tabpod’s').waitFor({ state: 'detached' });
    await terminate('yours, no job', 'Terminate Pod');
    await pod('yours, no job').waitFor({ state: 'detached' });
    assert.deepEqual(
      emulator.pods().map(({ request }) => request.name),
      ['jupyter'],
    );
  });
});
