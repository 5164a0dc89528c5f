import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { render } from '../../src/core/script/render.ts';
import { PENGUINS, planFor, python, reportIn, scratch } from './training.ts';

const BYTES = readFileSync(PENGUINS);
const LENGTH = { 'content-length': BYTES.length };

describe('a script on a dataset at a URL', () => {
  const { folder, remove } = scratch();
  after(remove);

  /** Serves as told while `work` is done with the address. */
  async function served(answer: RequestListener, work: (origin: string) => Promise<void>): Promise<void> {
    const server = createServer(answer);
    await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil));
    try {
      const address = server.address();
      assert.ok(address && typeof address === 'object');
      await work(`http://127.0.0.1:${address.port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Writes a script for penguins at a URL into a folder of its own. */
  async function scriptFor(url: string, name: string, change = (script: string) => script) {
    const plan = await planFor(PENGUINS, { target: 'body_mass_g', model: 'xgboost_regression' });
    const at = join(folder, name);
    mkdirSync(at);
    writeFileSync(join(at, 'train.py'), change(render({ ...plan, dataset: { url } })));
    const run = async (secret?: string) =>
      await python([join(at, 'train.py'), '--out', join(at, 'out')], secret ? { TABPOD_DATASET_URL: secret } : {})
        .ended;
    return { at, run };
  }

  it('reads a URL that is a secret, and says nothing of it', async () => {
    const asked: string[] = [];
    const answer: RequestListener = (request, reply) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/cut')) {
        reply.writeHead(200, LENGTH);
        reply.end(BYTES.subarray(0, 500), () => reply.destroy());
      } else if (request.url === '/data/penguins.csv?token=hush') {
        reply.end(BYTES);
      } else {
        reply.writeHead(403).end('no');
      }
    };
    await served(answer, async (origin) => {
      const { at, run } = await scriptFor(`${origin}/data/penguins.csv`, 'secret');
      const good = await run(`${origin}/data/penguins.csv?token=hush`);
      assert.equal(good.code, 0, good.stderr);
      assert.equal(reportIn(at).data.rows_used, 342);
      const refused = await run();
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^http:\/\/127\.0\.0\.1:\d+\/data\/penguins\.csv could not be downloaded: .*403/m);
      const cut = await run(`${origin}/cut?token=hush`);
      assert.equal(cut.code, 1);
      assert.match(cut.stderr, /\/cut (broke off after 500 of \d+ bytes|could not be downloaded)/);
      for (const { stdout, stderr } of [good, refused, cut]) assert.doesNotMatch(stdout + stderr, /hush|Traceback/);
      assert.equal(asked.length, 3);
    });
  });

  it('waits longer for a byte than for a connection, and not for ever', async () => {
    const answer: RequestListener = (request, reply) => {
      if (request.url === '/late') {
        setTimeout(() => reply.end(BYTES), 2500);
      } else {
        reply.writeHead(200, LENGTH);
        reply.write(BYTES.subarray(0, 500));
      }
    };
    await served(answer, async (origin) => {
      const { run } = await scriptFor(origin, 'late', (script) => {
        const hasty = script.replace('CONNECT_S, SILENT_S = 30, 300', 'CONNECT_S, SILENT_S = 1, 5');
        assert.notEqual(hasty, script);
        return hasty;
      });
      const late = await run(`${origin}/late`);
      assert.equal(late.code, 0, late.stderr);
      const silent = await run(`${origin}/silent`);
      assert.equal(silent.code, 1);
      assert.match(silent.stderr, /\/silent could not be downloaded: .*timed out/);
    });
  });
});
