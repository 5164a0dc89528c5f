import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliWorld, cliWorld, PENGUINS } from './cli-world.ts';
import { until } from './until.ts';

const rows = (row: (index: number) => string, count = 60) =>
  `${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n`;

interface Case {
  readonly what: string;
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly target: string;
  /** Names the thing. */
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  { what: 'an empty file', file: 'empty.csv', content: '', target: 'y', says: /empty\.csv/ },
  { what: 'a header and no row', file: 'header.csv', content: 'a,b,y\n', target: 'y', says: /header\.csv/ },
  { what: 'one column', file: 'one.csv', content: `y\n${rows(String)}`, target: 'y', says: /y/ },
  {
    what: 'no such target',
    file: 'a.csv',
    content: `price,size\n${rows((i) => `${i},${i * 2}`)}`,
    target: 'prise',
    says: /prise.*price/s,
  },
  {
    what: 'a target that is missing everywhere',
    file: 'b.csv',
    content: `x,y\n${rows((i) => `${i},`)}`,
    target: 'y',
    says: /y/,
  },
  {
    what: 'a target with one class',
    file: 'c.csv',
    content: `x,y\n${rows((i) => `${i},yes`)}`,
    target: 'y',
    says: /yes/,
  },
  {
    what: 'a picture called .csv',
    file: 'd.csv',
    content: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]),
    target: 'y',
    says: /d\.csv/,
  },
];

describe('bad input to the CLI', () => {
  let world: CliWorld;
  let folder = '';
  let server: Server;
  let address = '';

  before(async () => {
    world = await cliWorld();
    folder = await mkdtemp(join(tmpdir(), 'tabpod-bad-'));
    server = createServer((request, response) => {
      if (request.url?.startsWith('/page.csv')) response.writeHead(200).end('<!doctype html><title>Sign in</title>');
      else response.writeHead(404).end('no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`;
  });
  after(async () => {
    server.close();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** One clear sentence on stderr, the same as data on stdout, exit code 1, and nothing rented. */
  async function refused(data: string, target: string, says: RegExp): Promise<void> {
    const { code, stdout, stderr } = await world.run([
      'train',
      data,
      '--target',
      target,
      '--backend',
      'runpod',
      '--json',
    ]);
    assert.equal(code, 1, stderr);
    const last = stderr.trim().split('\n').at(-1) ?? '';
    assert.match(last, says);
    assert.match(last, /^tabpod: \S.*[.!]$/);
    assert.equal(JSON.parse(stdout).error.message, last.slice('tabpod: '.length));
    assert.doesNotMatch(stderr, /^\s+at /m, 'a stack trace is no sentence');
    assert.deepEqual(world.emulator.pods(), []);
  }

  for (const { what, file, content, target, says } of CASES) {
    it(what, async () => {
      await writeFile(join(folder, file), content);
      await refused(join(folder, file), target, says);
    });
  }

  it('a folder', async () => {
    await mkdir(join(folder, 'table.csv'));
    await refused(join(folder, 'table.csv'), 'y', /table\.csv/);
  });

  it('a file that is not there', () => refused(join(folder, 'nowhere.csv'), 'y', /nowhere\.csv/));

  it('an address that answers 404, without its secret', async () => {
    await refused(`${address}/missing.csv?token=hush`, 'y', /missing\.csv/);
    const { stderr } = await world.run(['profile', `${address}/missing.csv?token=hush`]);
    assert.doesNotMatch(stderr, /hush/);
  });

  it('a web page behind a .csv address', () => refused(`${address}/page.csv`, 'y', /page/));

  it('a broken spec file', async () => {
    const spec = join(folder, 'broken.tabpod.json');
    await writeFile(spec, '{ "version": 1, "target": "species", }, ');
    const { code, stderr } = await world.run(['train', '--spec', spec]);
    assert.equal(code, 1);
    assert.match(stderr, /broken\.tabpod\.json/);
  });

  it('no Python on this computer', async () => {
    const { code, stderr } = await world.run(['train', PENGUINS, '--target', 'species'], { PATH: folder });
    assert.equal(code, 1);
    assert.match(stderr, /^model_\S+ failed: .*Python/m);
    assert.doesNotMatch(stderr, /RunPod/);
    assert.match(stderr, /machines left: 0/);
  });

  it('repeated and empty header names: used, and said', async () => {
    const file = join(folder, 'twins.csv');
    await writeFile(file, `a,a,,y\n${rows((i) => `${i % 7},${i % 5},${i % 3},${i * 1.5}`)}`);
    const { code, stdout, stderr } = await world.run(['script', file, '--target', 'y']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"a_2"/);
    assert.match(stderr, /a_2|“a”/);
  });

  it('ten thousand columns', async () => {
    const file = join(folder, 'wide.csv');
    const wide = (cell: (column: number) => string) =>
      Array.from({ length: 10_000 }, (_, column) => cell(column)).join(',');
    await writeFile(file, `${wide((c) => `c${c}`)}\n${rows((i) => wide((c) => String((i * (c + 3)) % 11)), 40)}`);
    const { code, stdout, stderr } = await world.run(['script', file, '--target', 'c0']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"c9999"/);
  });

  it('wrong use: exit code 2 and how it is used', async () => {
    for (const args of [
      ['train'],
      ['train', PENGUINS],
      ['fly'],
      ['train', PENGUINS, '--target', 'x', '--max-cost', 'much'],
      ['jobs', 'x'],
    ]) {
      const { code, stderr } = await world.run(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /tabpod train DATA/);
    }
  });

  it('no account connected', async () => {
    const { code, stderr } = await world.run(['train', PENGUINS, '--target', 'species', '--backend', 'runpod'], {
      TABPOD_S3_SECRET_KEY: '',
    });
    assert.equal(code, 1);
    assert.match(stderr, /TABPOD_S3_SECRET_KEY/);
  });

  it('a job that is not there', async () => {
    const { code, stderr } = await world.run(['stop', 'model_x']);
    assert.equal(code, 1);
    assert.match(stderr, /model_x/);
  });
});

describe('what fails on the way, from the CLI', () => {
  const failing: readonly [string, Parameters<typeof cliWorld>[0], RegExp][] = [
    ['a full volume', { faults: { s3Full: true } }, /full/i],
    ['a key that RunPod does not accept', { faults: { badAuth: true } }, /key/i],
    ['no funds', { faults: { noFunds: true } }, /balance|funds/i],
    ['no capacity anywhere', { faults: { noCapacity: ['*'] } }, /no longer any instances|stock|no /i],
    ['a pod dearer than its quote', { faults: { createPriceFactor: 1.5 } }, /price/i],
  ];
  for (const [what, options, says] of failing) {
    it(what, async () => {
      const world = await cliWorld(options);
      try {
        const { code, stderr } = await world.run(['train', PENGUINS, '--target', 'species', '--backend', 'runpod']);
        assert.equal(code, 1, stderr);
        assert.match(stderr, says);
        assert.deepEqual(world.emulator.pods(), []);
      } finally {
        await world.close();
      }
    });
  }

  it('Ctrl-C: the job is stopped and the pod verified gone', async () => {
    const world = await cliWorld({ faults: { bootFactor: 100 } });
    try {
      const train = world.start(['train', PENGUINS, '--target', 'species', '--backend', 'runpod', '--json']);
      await until('there is a pod', () => world.emulator.pods().length === 1 && /^booting/m.test(train.stderr()));
      train.child.kill('SIGINT');
      const { code, stdout, stderr } = await train.ended;
      assert.equal(code, 1, stderr);
      const job = JSON.parse(stdout);
      assert.deepEqual(job.outcome, { kind: 'stopped', by: 'user' });
      assert.deepEqual(
        job.machines.map((machine: { verifiedGone: boolean }) => machine.verifiedGone),
        [true],
      );
      assert.deepEqual(world.emulator.pods(), []);
    } finally {
      await world.close();
    }
  });
});
