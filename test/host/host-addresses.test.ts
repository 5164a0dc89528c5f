import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTabpod } from '../../src/app/create.ts';
import type { Tabpod } from '../../src/app/tabpod.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { AccountStore } from '../../src/host/account/store.ts';
import { hostSettings } from '../../src/host/settings.ts';
import { AddressStore } from '../../src/host/spec/addresses.ts';
import { freshFolder } from './world.ts';

/** SecretStorage in memory. */
function secretStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => void kept.delete(key),
    keys: async () => [...kept.keys()],
    onDidChange: () => ({ dispose: () => undefined }),
  };
}

describe('the address of a dataset that needs a token', () => {
  let web: Server;
  let bare: string;
  let secrets: ReturnType<typeof secretStorage>;
  let addresses: AddressStore;
  let tabpod: Tabpod;

  before(async () => {
    web = createServer(({ url }, response) => {
      response.statusCode = url === '/sales.csv?token=geheim' ? 200 : 403;
      response.end('size,price\n1,2\n2,4\n3,6\n');
    });
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    bare = `http://127.0.0.1:${(web.address() as AddressInfo).port}/sales.csv`;
  });

  beforeEach(() => {
    secrets = secretStorage();
    addresses = new AddressStore(secrets);
    tabpod = createTabpod({
      home: freshFolder(),
      clock: systemClock,
      log: silentLog,
      settings: hostSettings(new AccountStore(secrets), addresses),
      waitScale: 1,
      connectHint: '',
      version: 'test',
    });
  });

  afterEach(() => tabpod.dispose());

  after(() => web.close());

  it('is kept whole in SecretStorage, and reads the dataset of a spec that has it bare', async () => {
    assert.equal(await addresses.keep(`${bare}?token=geheim`), bare);
    const { rows } = await tabpod.profile({ url: bare }, { folder: freshFolder() });
    assert.equal(rows, 3);
  });

  it('is forgotten when the bare one is given', async () => {
    await addresses.keep(`${bare}?token=geheim`);
    assert.equal(await addresses.keep(bare), bare);
    assert.equal(secrets.kept.size, 0);
    await assert.rejects(tabpod.profile({ url: bare }, { folder: freshFolder() }), { code: 'data/url-status' });
  });
});
