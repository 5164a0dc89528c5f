import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { cliWorld, PENGUINS } from './cli-world.ts';

const SECRET = 'hush-0123456789';

describe('a dataset address with a secret in it', () => {
  it('reaches the reader on both sides and no file', async () => {
    const table = await readFile(PENGUINS);
    const server = createServer((request, response) => {
      if (!request.url?.includes(SECRET)) response.writeHead(403).end();
      else response.writeHead(200, { 'content-type': 'text/csv', 'content-length': table.length }).end(table);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound ? bound.port : 0;
    const world = await cliWorld();
    try {
      const address = `http://127.0.0.1:${port}/penguins.csv?token=${SECRET}`;
      const args = [
        'train',
        address,
        '--target',
        'species',
        '--backend',
        'runpod',
        '--set',
        'n_estimators=10',
        '--json',
      ];
      const { code, stdout, stderr } = await world.run(args);
      assert.equal(code, 0, stderr);
      assert.equal(JSON.parse(stdout).metrics.family, 'xgboost');
      assert.ok(!`${stdout}${stderr}`.includes(SECRET), 'it is printed');
      for (const folder of [world.home, world.emulator.volumeFolder]) {
        // grep exits with 1 when it finds nothing.
        await assert.rejects(promisify(execFile)('grep', ['-rl', SECRET, folder]), { code: 1 });
      }
    } finally {
      await world.close();
      server.close();
    }
  });
});
