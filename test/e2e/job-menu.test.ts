import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOB_MS, Workbench } from './workbench.ts';

/** A table that a slow learner needs minutes for. */
function table(): string {
  const rows = Array.from({ length: 2000 }, (_, row) => `${row % 97},${(row * 31) % 89},${Math.sin(row) * 100}`);
  return ['size,age,price', ...rows].join('\n');
}

const SLOW = {
  version: 1,
  dataset: { path: 'houses.csv' },
  target: 'price',
  task: 'regression',
  hyperparameters: { n_estimators: 100_000, learning_rate: 0.0001, early_stopping_rounds: 10_000 },
};

describe('the menu of a job, in a window', function () {
  this.timeout(2 * JOB_MS);
  let scratch: string;
  let home: string;
  let window: Workbench;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    home = join(scratch, 'home');
    const folder = join(scratch, 'tables');
    mkdirSync(folder);
    writeFileSync(join(folder, 'houses.csv'), table());
    writeFileSync(join(folder, 'houses.tabpod.json'), JSON.stringify(SLOW));
    window = await Workbench.open({ folder, home });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
  });

  after(async () => {
    await window.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('stops a job and keeps the model so far', async () => {
    const { editor } = window;
    await window.chooseInExplorer('houses.csv', 'Train Model on RunPod…');
    await editor.getByText('2,000 rows and 3 columns.').waitFor();
    await editor.getByRole('button', { name: 'Submit' }).click();
    await window.answer('Run Here');
    const job = window.view('Jobs').getByRole('treeitem', { name: /houses → price/ });
    await job.getByText(/round \d+ of/).waitFor({ timeout: JOB_MS });
    await job.click({ button: 'right' });
    await window.chooseInMenu('Stop Job…');
    await window.answer('Stop Job');
    await job.getByText(/stopped by you, .*\d \(baseline/).waitFor({ timeout: JOB_MS });
    await job.click();
    await editor.getByText(/Stopped · no cost · ran on this computer/).waitFor();
    await editor.getByText('The job was stopped by you.').waitFor();
    await window.picture('report-stopped');
  });

  it('fetches the files of a job', async () => {
    const { editor } = window;
    await editor.getByRole('button', { name: 'Fetch and reveal metrics.json' }).click();
    await editor.getByRole('button', { name: 'Reveal metrics.json', exact: true }).waitFor();
    const [id = ''] = readdirSync(join(home, 'results'));
    assert.ok(existsSync(join(home, 'results', id, 'metrics.json')));
    await window.picture('results-fetched');
  });

  it('opens the log and the script of a job', async () => {
    const { page } = window;
    for (const [entry, tab] of [
      ['Open Log', 'train.log'],
      ['Open Script', 'script.py'],
    ] as const) {
      await window
        .view('Jobs')
        .getByRole('treeitem', { name: /houses → price/ })
        .click({ button: 'right' });
      await window.chooseInMenu(entry);
      await page.getByRole('tab', { name: new RegExp(tab) }).waitFor();
    }
  });
});
