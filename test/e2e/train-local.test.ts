import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOB_MS, Workbench } from './workbench.ts';

/** What the operating system prefers, each with the class of a workbench that follows it. */
const THEMES = {
  dark: [{ colorScheme: 'dark' }, 'vs-dark'],
  light: [{ colorScheme: 'light' }, 'vs'],
  contrast: [{ colorScheme: 'dark', forcedColors: 'active' }, 'hc-black'],
} as const;

describe('training on this computer, in a window', function () {
  this.timeout(2 * JOB_MS);
  let scratch: string;
  let folder: string;
  let home: string;
  let window: Workbench | undefined;

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    folder = join(scratch, 'penguins');
    home = join(scratch, 'home');
    mkdirSync(folder);
    cpSync(join(process.cwd(), 'samples', 'penguins.csv'), join(folder, 'penguins.csv'));
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window?.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
    await window?.close();
    window = undefined;
  });

  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('goes from a right-click to a report', async () => {
    window = await Workbench.open({ folder, home, scheme: THEMES.dark[0] });
    const { page, editor } = window;
    await page.locator(`.monaco-workbench.${THEMES.dark[1]}`).waitFor();
    await window.chooseInExplorer('penguins.csv', 'Train Model on RunPod…');
    await editor.getByText('344 rows and 8 columns.').waitFor();
    await editor.getByText('Choose the column to predict.').first().waitFor();
    assert.equal(await editor.getByRole('button', { name: 'Submit' }).isDisabled(), true);
    await editor.getByLabel('Target column').selectOption('species');
    await editor.getByText('Automatic: multiclass classification').waitFor({ state: 'attached' });
    await editor.getByText('7 of 7 columns, chosen automatically').waitFor();
    await window.picture('form-dark');

    await editor.getByRole('button', { name: 'Preview Script' }).click();
    await window.source.getByText('requires-python').waitFor();
    await editor.getByRole('checkbox', { name: /year/ }).uncheck();
    await editor.getByText('6 of 7 columns chosen by hand').waitFor();
    await window.picture('preview-dark');

    await editor.getByRole('button', { name: 'Submit' }).click();
    const jobs = window.view('Jobs');
    await jobs.getByText('penguins → species').waitFor();
    await page.locator('.statusbar-item').getByText('1 job').waitFor();
    await jobs.getByText(/round \d+ of|evaluating|accuracy/).waitFor({ timeout: JOB_MS });
    await window.picture('job-running-dark');
    await jobs.getByText(/accuracy 0\.9\d* \(baseline/).waitFor({ timeout: JOB_MS });

    await jobs.getByText('penguins → species').click();
    await editor.getByText(/95 % interval/).waitFor();
    assert.match(await editor.locator('.value').innerText(), /^(0\.9\d*|1)$/);
    await editor.getByText('ran on this computer').waitFor();
    await editor.getByRole('cell', { name: 'log loss' }).waitFor();
    await window.picture('report-dark');
  });

  for (const [name, [scheme, shown]] of Object.entries(THEMES)) {
    if (name === 'dark') continue;
    it(`keeps its jobs and drafts in another window, ${name}`, async () => {
      window = await Workbench.open({ folder, home, scheme });
      const { page, editor } = window;
      await page.locator(`.monaco-workbench.${shown}`).waitFor();
      await window.openTabpod();
      await window.view('Jobs').getByText('penguins → species').click();
      await editor.getByText(/95 % interval/).waitFor();
      await window.picture(`report-${name}`);
      await window.command('Explorer: Focus on Folders View');
      await window.chooseInExplorer('penguins.csv', 'Train Model on RunPod…');
      await editor.getByLabel('Target column').selectOption('body_mass_g');
      await editor.getByText('Automatic: regression').waitFor({ state: 'attached' });
      await window.picture(`form-${name}`);
      await editor.getByLabel('Time limit (hours)').scrollIntoViewIfNeeded();
      await window.picture(`form-end-${name}`);
    });
  }

  it('leaves no live job', () => {
    assert.deepEqual(readdirSync(join(home, 'live')), []);
  });
});
