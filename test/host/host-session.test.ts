import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { silentLog } from '../../src/base/log.ts';
import { Profiles } from '../../src/host/spec/profiles.ts';
import { SpecRegistry } from '../../src/host/spec/registry.ts';
import type { DocumentChange, SpecSession } from '../../src/host/spec/session.ts';
import { freshFolder } from './world.ts';

const TEXT = `{
  // What we sell next month.
  "version": 1,
  "dataset": { "url": "https://example.org/data.csv" },
  "target": "sold", // pieces
  "limits": { "hours": 1 }
}
`;

describe('a spec session', () => {
  let registry: SpecRegistry;
  let read: string[];

  beforeEach(() => {
    read = [];
    const tabpod = {
      profile: async (ref: object) => {
        read.push(JSON.stringify(ref));
        throw new Error('nothing there');
      },
    };
    const unused = () => {
      throw new Error('nothing is planned here');
    };
    registry = new SpecRegistry({
      profiles: new Profiles(tabpod),
      log: silentLog,
      drafts: join(freshFolder(), 'drafts'),
      judge: () => ({
        tabpod: { plan: unused, script: unused },
        explain: String,
        word: (code) => code,
        maximum: { hours: 10, usd: 10 },
      }),
    });
  });

  afterEach(() => registry.dispose());

  async function open(text: string): Promise<SpecSession> {
    const path = join(freshFolder(), 'sales.tabpod.json');
    writeFileSync(path, text);
    return (await registry.open(vscode.Uri.file(path))).session;
  }

  it('changes one value and leaves the rest of the text alone', async () => {
    const session = await open(TEXT);
    await session.edit('1', ['limits', 'hours'], 3);
    assert.equal(session.document.getText(), TEXT.replace('"hours": 1', '"hours": 3'));
  });

  it('adds and removes places', async () => {
    const session = await open(TEXT);
    await session.edit('1', ['hyperparameters', 'max_depth'], 4);
    assert.deepEqual(session.shape.spec?.hyperparameters, { max_depth: 4 });
    await session.edit('2', ['hyperparameters'], undefined);
    assert.equal(session.shape.spec?.hyperparameters, undefined);
    assert.match(session.document.getText(), /What we sell next month.*pieces/s);
  });

  it('applies edits in the order they came and says which one caused a change', async () => {
    const session = await open(TEXT);
    const changes: DocumentChange[] = [];
    session.onDidChangeDocument((change) => changes.push(change));
    await Promise.all(['a', 'b', 'c'].map((id, index) => session.edit(id, ['limits', 'hours'], index + 5)));
    assert.deepEqual(session.shape.spec?.limits, { hours: 7 });
    assert.deepEqual(
      changes.map(({ causedBy }) => causedBy),
      ['a', 'b', 'c'],
    );
  });

  it('answers an edit that changes nothing', async () => {
    const session = await open(TEXT);
    const changes: DocumentChange[] = [];
    session.onDidChangeDocument((change) => changes.push(change));
    await session.edit('same', ['limits', 'hours'], 1);
    assert.deepEqual(changes, [{ causedBy: 'same' }]);
  });

  it('makes no request before the user agrees to it', async () => {
    const session = await open(TEXT);
    assert.deepEqual(session.reading, { state: 'asking', what: 'https://example.org/data.csv' });
    assert.deepEqual(read, []);
    const failed = new Promise<void>((done) =>
      session.onDidDerive(() => {
        if (session.reading.state === 'failed') done();
      }),
    );
    session.approve();
    await failed;
    assert.deepEqual(read, ['{"url":"https://example.org/data.csv"}']);
  });

  it('shows what is wrong with a text that is no JSON', async () => {
    const session = await open('{ "version": 1, ');
    assert.equal(session.shape.spec, null);
    assert.match(session.shape.broken ?? '', /sales\.tabpod\.json is not valid JSON/);
  });
});
