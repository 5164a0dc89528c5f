import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluated, PENGUINS } from '../scripts/training.ts';
import { JOB_MS, Workbench } from './workbench.ts';

describe('training on an Excel workbook, in a window', function () {
  this.timeout(2 * JOB_MS);
  let scratch: string;
  let window: Workbench | undefined;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    mkdirSync(join(scratch, 'penguins'));
    await evaluated(
      'import pandas\npandas.read_csv(sys.argv[1]).to_excel(sys.argv[2], index=False, sheet_name="Birds")\nprint("null")',
      PENGUINS,
      join(scratch, 'penguins', 'penguins.xlsx'),
    );
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window?.picture('failed-workbook');
    await window?.close();
    window = undefined;
  });

  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('reads its sheet, takes other settings for a model, and trains', async () => {
    const home = join(scratch, 'home');
    window = await Workbench.open({ folder: join(scratch, 'penguins'), home, scheme: { colorScheme: 'dark' } });
    const { editor } = window;
    await window.chooseInExplorer('penguins.xlsx', 'Train Model on RunPod…');
    await editor.getByText('344 rows and 8 columns').waitFor();
    await editor.getByText(/XLSX, sheet “Birds”/).waitFor();
    await editor.getByLabel('Target column').selectOption('species');
    await editor.getByLabel('Tuned for').selectOption({ label: 'Fewest wrong classes' });
    await editor.getByLabel('Final model').selectOption({ index: 1 });
    await editor.getByPlaceholder('0.08').waitFor();
    await window.picture('form-workbook');
    await editor.getByRole('button', { name: 'Submit' }).click();
    await window.answer('Run Here');
    const jobs = window.view('Jobs');
    await jobs.getByText(/accuracy (0\.9\d*|1) \(baseline/).waitFor({ timeout: JOB_MS });
    await jobs.getByText('penguins → species').click();
    await editor.getByText(/95 % interval/).waitFor();
    await window.picture('report-workbook');
  });
});
