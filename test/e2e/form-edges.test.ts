import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOB_MS, Workbench } from './workbench.ts';

const WIDE_COLUMNS = 5000;

/** A table of many columns and few rows. */
function wide(): string {
  const names = Array.from({ length: WIDE_COLUMNS }, (_, column) => `sensor_${column}`);
  const rows = Array.from({ length: 60 }, (_, row) => names.map((_name, column) => (row * 7919 + column * 31) % 97));
  return [[...names, 'label'], ...rows.map((row, index) => [...row, index % 2 ? 'yes' : 'no'])].join('\n');
}

/** Prices of 60 days. */
function sales(): string {
  const start = Date.UTC(2026, 0, 1);
  const day = (row: number) => new Date(start + row * 86_400_000).toISOString().slice(0, 10);
  return ['day,shop,price', ...Array.from({ length: 60 }, (_, row) => `${day(row)},s${row % 3},${row + 0.5}`)].join(
    '\n',
  );
}

describe('the form, in a window', function () {
  this.timeout(JOB_MS);
  let scratch: string;
  let folder: string;
  let web: Server;
  let window: Workbench;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    folder = join(scratch, 'tables');
    mkdirSync(folder);
    writeFileSync(join(folder, 'wide.csv'), wide());
    writeFileSync(join(folder, 'empty.csv'), '');
    writeFileSync(join(folder, 'sales.csv'), sales());
    writeFileSync(
      join(folder, 'together.tabpod.json'),
      JSON.stringify({
        version: 1,
        dataset: { path: 'sales.csv' },
        target: 'price',
        model: 'catboost',
        hyperparameters: { boosting_type: 'Ordered', grow_policy: 'Depthwise' },
      }),
    );
    writeFileSync(join(folder, 'broken.tabpod.json'), '{ "version": 1, "dataset": \n');
    writeFileSync(
      join(folder, 'outside.tabpod.json'),
      '{ "version": 1, "dataset": { "path": "../secret.csv" }, "target": "b" }',
    );
    web = createServer(({ url = '' }, response) => {
      response.statusCode = url.endsWith('?token=geheim') ? 200 : 403;
      response.end(response.statusCode === 200 ? 'size,price\n1,2\n2,4\n3,6\n4,8\n5,10\n6,12\n' : 'no');
    });
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    window = await Workbench.open({ folder, home: join(scratch, 'home') });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
    // A draft saves itself: closing it asks nothing.
    await window.page.locator('.tab.dirty').waitFor({ state: 'detached' });
    await window.command('View: Close All Editors');
  });

  after(async () => {
    await window.close();
    web.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('stays usable with 5,000 columns', async () => {
    const { editor } = window;
    await window.chooseInExplorer('wide.csv', 'Train Model on RunPod…');
    await editor.getByText('60 rows and 5,001 columns.').waitFor();
    await editor.getByLabel('Target column').selectOption('label');
    await editor.getByText('5,000 of 5,000 columns, chosen automatically').waitFor();
    await editor.getByLabel('Search columns').fill('sensor_499');
    await editor.getByText(/11 match the search/).waitFor();
    await editor.getByRole('button', { name: 'None found' }).click();
    await editor.getByText('4,989 of 5,000 columns chosen by hand; 11 match the search').waitFor();
    assert.ok((await editor.locator('.virtual li').count()) < 60, 'only rows in sight are drawn');
    await window.picture('form-wide');
  });

  it('divides the rows by time, as it warned that one should', async () => {
    const { editor, page } = window;
    await window.chooseInExplorer('sales.csv', 'Train Model on RunPod…');
    await editor.getByLabel('Target column').selectOption('price');
    const warned = editor.getByText(/split by time, or the result looks too good/);
    await warned.waitFor();
    await editor.getByLabel('Test rows').selectOption('The newest rows');
    await warned.waitFor({ state: 'detached' });
    assert.equal(await editor.getByLabel('Time column').inputValue(), 'day');
    assert.equal(await editor.getByLabel('Share for the test').getAttribute('placeholder'), '0.2');
    assert.equal(await editor.getByLabel('Seed').getAttribute('placeholder'), '42');
    await editor.getByLabel('Rows left out between parts').fill('2');
    await page.keyboard.press('Tab');
    await editor.getByLabel('Seed').scrollIntoViewIfNeeded();
    await window.picture('form-split-by-time');
    await page.locator('.tab.dirty').waitFor({ state: 'detached' });
    const draft = join(scratch, 'home', 'drafts', 'sales.tabpod.json');
    assert.deepEqual(JSON.parse(readFileSync(draft, 'utf8')).split, { kind: 'time', column: 'day', gap: 2 });
  });

  it('unfolds a setting that is wrong, and says what is wrong there and beside Submit', async () => {
    const { editor } = window;
    await window.openInExplorer('together.tabpod.json');
    const growth = editor.getByLabel('Growth', { exact: true });
    await growth.scrollIntoViewIfNeeded();
    assert.equal(await growth.getAttribute('aria-invalid'), 'true');
    const said = editor.getByText(/boosts in order only with symmetric trees/);
    assert.equal(await said.count(), 2);
    await window.picture('form-setting-wrong');
    await growth.selectOption('SymmetricTree');
    await said.first().waitFor({ state: 'detached' });
    await editor.getByText('Ready. Look at the script, then submit it.').waitFor();
  });

  it('goes on asking what the task asks while a setting is refused', async () => {
    const { editor, page } = window;
    await window.chooseInExplorer('sales.csv', 'Train Model on RunPod…');
    await editor.getByLabel('Target column').selectOption('shop');
    const tuned = editor.getByLabel('Tuned for');
    await tuned.waitFor();
    await editor.getByLabel('Seed').fill('-1');
    await page.keyboard.press('Tab');
    await editor.getByText('Seed', { exact: true }).scrollIntoViewIfNeeded();
    await editor.locator('[aria-invalid="true"]').waitFor();
    assert.equal(await editor.getByLabel('Share for the test').getAttribute('placeholder'), '0.2');
    assert.ok(await tuned.isVisible());
    await window.picture('form-refused');
  });

  it('says why a dataset cannot be used', async () => {
    await window.chooseInExplorer('empty.csv', 'Train Model on RunPod…');
    await window.editor
      .getByText(/empty\.csv is empty/)
      .first()
      .waitFor();
    await window.picture('form-empty-dataset');
  });

  it('shows a text that is no spec as what it is, with a way to the text', async () => {
    await window.openInExplorer('broken.tabpod.json');
    await window.editor.getByText(/broken\.tabpod\.json is not valid JSON/).waitFor();
    await window.picture('form-broken');
    await window.editor.getByRole('button', { name: 'Open as Text' }).click();
    await window.source.getByText('"dataset"').waitFor();
  });

  it('asks before it reads what lies outside the workspace', async () => {
    await window.openInExplorer('outside.tabpod.json');
    await window.editor.getByText(/secret\.csv, which lies outside the workspace/).waitFor();
    await window.picture('form-asks');
    await window.editor.getByRole('button', { name: 'Read the Dataset' }).click();
    await window.editor
      .getByText(/There is no file .*secret\.csv/)
      .first()
      .waitFor();
  });

  it('opens a URL, keeps its token out of every file, and saves the draft to the workspace', async () => {
    const { page, editor } = window;
    const { port } = web.address() as AddressInfo;
    await window.command('Tabpod: Train Model from a URL…');
    await page
      .locator('.quick-input-widget input[type="text"]')
      .fill(`http://127.0.0.1:${port}/houses.csv?token=geheim`);
    await page.keyboard.press('Enter');
    await editor.getByText('6 rows and 2 columns.').waitFor();
    await editor.getByRole('button', { name: 'Save to workspace…' }).click();
    await page.locator('.quick-input-widget input[type="text"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.explorer-folders-view').getByText('houses.tabpod.json').waitFor();
    const saved = join(folder, 'houses.tabpod.json');
    await editor.getByText('6 rows and 2 columns.').waitFor();
    assert.deepEqual(JSON.parse(readFileSync(saved, 'utf8')).dataset, { url: `http://127.0.0.1:${port}/houses.csv` });
    assert.ok(!existsSync(join(scratch, 'home', 'drafts', 'houses.tabpod.json')), 'the draft is gone');
    const files = readdirSync(scratch, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) {
      assert.ok(!readFileSync(join(parentPath, name)).includes('geheim'), `${name} holds the token`);
    }
  });
});

describe('Restricted Mode, in a window', function () {
  this.timeout(JOB_MS);

  it('shows forms and refuses to submit', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'tabpod-e2e-'));
    const folder = join(scratch, 'theirs');
    mkdirSync(folder);
    const rows = Array.from({ length: 300 }, (_, row) => `${row % 17},${(row % 17) * 2}`);
    writeFileSync(join(folder, 'data.csv'), ['size,price', ...rows].join('\n'));
    writeFileSync(
      join(folder, 'data.tabpod.json'),
      '{ "version": 1, "dataset": { "path": "data.csv" }, "target": "price", "task": "regression" }',
    );
    await Workbench.use({ folder, home: join(scratch, 'home'), restricted: true }, async (window) => {
      await window.openInExplorer('data.tabpod.json');
      await window.editor.getByRole('button', { name: 'Submit' }).click();
      await window.notified(/needs a trusted workspace/);
      await window.picture('restricted');
    });
    assert.ok(!existsSync(join(scratch, 'home', 'jobs')), 'no job was made');
    rmSync(scratch, { recursive: true, force: true });
  });
});
