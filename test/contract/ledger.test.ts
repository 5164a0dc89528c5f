import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendExclusively } from '../../src/base/files.ts';
import { silentLog } from '../../src/base/log.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { ID, intended, staged, submitted } from '../unit/job-world.ts';

describe('ledger', () => {
  let home = '';
  const errors: string[] = [];
  const ledger = () => openLedger(home, { ...silentLog, error: (line) => void errors.push(line) });

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'tabpod-ledger-'));
    errors.length = 0;
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('creates nothing before the first job', async () => {
    assert.deepEqual(await ledger().list(), []);
    assert.deepEqual(await ledger().live(), []);
    assert.deepEqual(await readdir(home), []);
  });

  it('holds a job for every process that opens it', async () => {
    await ledger().create(ID, submitted, 'print()\n');
    assert.equal(await ledger().append(ID, 2, staged), true);
    const record = await ledger().read(ID);
    assert.equal(record?.state.staged, true);
    assert.equal(record?.next, 3);
    assert.deepEqual(await ledger().live(), [ID]);
    await ledger().settle(ID);
    assert.deepEqual([await ledger().live(), await ledger().list()], [[], [ID]]);
  });

  it('lets one of many writers have a number', async () => {
    await ledger().create(ID, submitted, '');
    const wins = await Promise.all(Array.from({ length: 20 }, () => ledger().append(ID, 2, intended)));
    assert.equal(wins.filter(Boolean).length, 1);
  });

  it('finds a number for every fact, however many write at once', async () => {
    await ledger().create(ID, submitted, '');
    await Promise.all(Array.from({ length: 20 }, () => ledger().record(ID, { kind: 'final-missing', at: 1 })));
    assert.equal((await ledger().read(ID))?.state.finalMissing.length, 20);
  });

  it('sets a broken event aside, says so once, and goes on', async () => {
    await ledger().create(ID, submitted, '');
    await ledger().append(ID, 2, staged);
    await writeFile(ledger().path(ID, 'events/000003.json'), '{"kind":"inten');
    const record = await ledger().read(ID);
    assert.deepEqual([record?.state.staged, record?.next], [true, 4]);
    assert.match(errors.join(), /000003\.json is not an event/);
    await ledger().read(ID);
    assert.equal(errors.length, 1);
  });

  it('leaves what a newer version wrote where it is, and says so once', async () => {
    await ledger().create(ID, submitted, '');
    const file = ledger().path(ID, 'events/000002.json');
    await writeFile(file, '{"kind":"teleported","at":1}');
    const old = ledger();
    for (const _ of [1, 2]) assert.equal((await old.read(ID))?.next, 3);
    assert.deepEqual([errors.length, await readFile(file, 'utf8')], [1, '{"kind":"teleported","at":1}']);
  });

  it('says which job it cannot tell anything of', async () => {
    await ledger().create(ID, submitted, '');
    await writeFile(ledger().path(ID, 'events/000001.json'), '{"kind":');
    assert.equal(await ledger().read(ID), undefined);
    assert.match(errors.join(), new RegExp(`${ID}.* does not tell what was submitted`));
  });

  it('keeps what was finished when a writer is killed in between', async () => {
    await ledger().create(ID, submitted, '');
    await writeFile(ledger().path(ID, 'events/.tmp-1-abc'), '{"kind":"sta');
    assert.equal((await ledger().read(ID))?.next, 2);
  });

  it('does not take other names in its folders for jobs', async () => {
    await appendExclusively(join(home, 'jobs', '..evil'), 'x', '');
    assert.deepEqual(await ledger().list(), []);
  });
});
