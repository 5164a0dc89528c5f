import assert from 'node:assert/strict';
import { familyOf, linuxRow, type ProcessRow, processTable, psRow } from '../../src/backends/local/processes.ts';

const row = (pid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parent: 1,
  group: pid,
  session: pid,
  started: 'boot/5',
  ...more,
});
const leader = { pid: 100, started: 'boot/5' };

describe('the processes of a machine', () => {
  it('reads a line of /proc whatever the name of the program', () => {
    const fields = 'S 7 8 9 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 0 0';
    const expected = { pid: 42, parent: 7, group: 8, session: 9, started: 'boot/12345' };
    for (const name of ['python', 'a b', ') S 1 1 1', '(((']) {
      assert.deepEqual(linuxRow(`42 (${name}) ${fields}\n`, 'boot'), expected);
    }
    assert.equal(linuxRow(`42 (python) ${fields.replace('S', 'Z')}`, 'boot'), undefined);
  });

  it('reads a line of ps', () => {
    assert.deepEqual(psRow('  42     1    42 Ss   Sun Nov  2 10:11:12 2025 '), {
      pid: 42,
      parent: 1,
      group: 42,
      session: 0,
      started: 'Sun Nov  2 10:11:12 2025',
    });
    assert.equal(psRow('  42     1    42 Z    Sun Nov  2 10:11:12 2025'), undefined);
    assert.equal(psRow(''), undefined);
  });

  it('are the leader, its session, their children and their groups, and nobody else', () => {
    const table = [
      row(1, { parent: 0, started: 'boot/1' }),
      row(100),
      row(101, { parent: 100, session: 100 }),
      row(102, { parent: 1, group: 101, session: 100 }),
      row(103, { parent: 102, session: 103 }),
      row(104, { parent: 1, group: 103, session: 0 }),
      row(200),
      row(201, { parent: 200, session: 200 }),
    ];
    assert.deepEqual([...familyOf(leader, table)].sort(), [100, 101, 102, 103, 104]);
  });

  it('outlive their leader where sessions are told', () => {
    const orphan = row(102, { session: 100 });
    assert.deepEqual(familyOf(leader, [row(1), orphan]), [102]);
    assert.deepEqual(familyOf(leader, [row(1), { ...orphan, started: 'next-boot/5' }]), []);
  });

  it('are none when the number belongs to a later process', () => {
    assert.deepEqual(familyOf(leader, [row(100, { started: 'boot/6' }), row(101, { parent: 100 })]), []);
  });

  it('are found on this computer', async () => {
    const table = await processTable([process.pid]);
    const own = table.find(({ pid }) => pid === process.pid);
    assert.ok(own);
    assert.ok(familyOf(own, table).includes(process.pid));
  });
});
