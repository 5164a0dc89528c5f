import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../emulator/emulator.ts';
import { addresses, startRunpod } from './runpod.ts';
import { JOB_MS, Workbench } from './workbench.ts';

describe('training on an emulated RunPod, in a window', function () {
  this.timeout(2 * JOB_MS);
  let scratch: string;
  let folder: string;
  let emulator: Emulator;
  let window: Workbench | undefined;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    folder = join(scratch, 'penguins');
    mkdirSync(folder);
    cpSync(join(process.cwd(), 'samples', 'penguins.csv'), join(folder, 'penguins.csv'));
    emulator = await startRunpod(scratch);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window?.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
    await window?.close();
    window = undefined;
  });

  after(async () => {
    await emulator.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('connects an account, rents a pod, trains and shows that the pod is gone', async () => {
    window = await Workbench.open({ folder, home: join(scratch, 'home'), environment: addresses(emulator) });
    const { page, editor } = window;
    await window.openTabpod();
    await window.view('Pods').getByRole('button', { name: 'Connect RunPod Account…' }).click();
    const input = page.locator('.quick-input-widget input');
    for (const [step, key] of [
      ['API key', emulator.apiKey],
      ['S3 access key', emulator.s3AccessKey],
      ['S3 secret', emulator.s3SecretKey],
    ] as const) {
      await page.locator('.quick-input-title').getByText(step).waitFor();
      await input.and(page.locator('[type="password"]')).fill(key);
      await page.keyboard.press('Enter');
    }
    await page.locator('.quick-input-list').getByText(emulator.volumeId).click();
    await window.view('Pods').getByText('No pod is running').waitFor();
    await window.picture('connected');

    await window.command('Explorer: Focus on Folders View');
    await window.chooseInExplorer('penguins.csv', 'Train Model on RunPod…');
    await editor.getByLabel('Target column').selectOption('species');
    await editor.getByText(/Prices and stock beside your volume/).waitFor();
    await editor
      .getByRole('checkbox', { name: /4090|A4000|3090/ })
      .first()
      .check();
    await editor.getByText('Tried in this order until one can be rented.').waitFor();
    await editor.getByText('Tried in this order until one can be rented.').scrollIntoViewIfNeeded();
    await window.picture('form-runpod');
    await editor.getByRole('button', { name: 'Submit' }).click();
    await page
      .locator('.monaco-dialog-box')
      .getByText(/Limits: 2 h and 5 US dollars/)
      .waitFor();
    await window.picture('confirm-rent');
    await window.answer('Rent and Train');

    const jobs = window.view('Jobs');
    await window
      .view('Pods')
      .getByText(/yours, \$\d\.\d\d\/h, running/)
      .waitFor({ timeout: JOB_MS });
    await page
      .locator('.statusbar-item')
      .getByText(/1 pod · \$\d/)
      .waitFor();
    await window.picture('pod-running');
    await jobs.getByText(/accuracy 0\.9\d* \(baseline/).waitFor({ timeout: JOB_MS });
    await window.view('Pods').getByText('No pod is running').waitFor();
    await window.notified(/penguins → species: accuracy 0\.9\d* \(baseline .*\)\. .*\$0\.\d\d, pod gone\./);
    await window.picture('job-ended');
    await jobs.getByText('penguins → species').click();
    await editor.getByText(/Finished · .*pod gone/).waitFor();
    await window.picture('report-runpod');
    assert.deepEqual(emulator.pods(), []);
    await window.command('Tabpod: Disconnect RunPod Account');
    await window.view('Pods').getByRole('button', { name: 'Connect RunPod Account…' }).waitFor();
  });

  it('says in its own words that a key is wrong', async () => {
    window = await Workbench.open({ folder, home: join(scratch, 'other'), environment: addresses(emulator) });
    const { page } = window;
    await window.command('Tabpod: Connect RunPod Account');
    for (const step of ['API key', 'S3 access key', 'S3 secret']) {
      await page.locator('.quick-input-title').getByText(step).waitFor();
      await page.locator('.quick-input-widget input[type="password"]').fill('wrong');
      await page.keyboard.press('Enter');
    }
    await window.notified(/RunPod does not accept this key/);
    await window.picture('wrong-key');
  });
});
