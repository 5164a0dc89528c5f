import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOB_MS, Workbench } from './workbench.ts';

describe('a job that fails, in a window', function () {
  this.timeout(2 * JOB_MS);

  it('says why, in the tree and in its report', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    const folder = join(scratch, 'tables');
    mkdirSync(folder);
    const rows = Array.from({ length: 300 }, (_, row) => `${row % 17},${(row % 17) * 2}`);
    writeFileSync(join(folder, 'data.csv'), ['size,price', ...rows].join('\n'));
    const nowhere = 'http://127.0.0.1:9/';
    const environment = { UV_INDEX_URL: nowhere, PIP_INDEX_URL: nowhere };
    await Workbench.use({ folder, home: join(scratch, 'home'), environment }, async (window) => {
      const { editor } = window;
      await window.chooseInExplorer('data.csv', 'Train Model on RunPod…');
      await editor.getByLabel('Target column').selectOption('price');
      await editor.getByRole('button', { name: 'Preview Script' }).click();
      await window.source.getByText('requires-python').waitFor();
      await editor.getByRole('button', { name: 'Submit' }).click();
      const jobs = window.view('Jobs');
      await jobs.getByText(/failed: /).waitFor({ timeout: JOB_MS });
      await jobs.getByText('data → price').click();
      await editor
        .getByRole('alert')
        .getByText(/The job failed: /)
        .waitFor();
      await editor.getByText('End of the log').waitFor();
      await window.picture('report-failed');
    });
    rmSync(scratch, { recursive: true, force: true });
  });
});
