import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Faults } from '../emulator/faults.ts';
import { type CliWorld, cliWorld, PENGUINS, type Running } from './cli-world.ts';
import { until } from './until.ts';

/**
 * `kill -9` of the CLI at five points of submit and one while running. Whatever the point, the next `tabpod jobs` tells
 * the truth and accounts for every pod there is, and `tabpod stop` leaves none.
 */
interface Point {
  readonly name: string;
  readonly faults: Partial<Faults>;
  /** When to kill. */
  reached(world: CliWorld): boolean | Promise<boolean>;
  /** Pods that exist at that moment. */
  readonly pods: number;
  /** The state the next look may find. */
  readonly states: readonly string[];
}

const asked = ({ emulator }: CliWorld, api: string, method: string, path: RegExp) =>
  emulator.requests.some((request) => request.api === api && request.method === method && path.test(request.path));

async function journalled({ home }: CliWorld, count: number): Promise<boolean> {
  const jobs = await readdir(join(home, 'jobs')).catch(() => []);
  const [id] = jobs;
  if (id === undefined) return false;
  const events = await readdir(join(home, 'jobs', id, 'events'));
  return events.filter((name) => name.endsWith('.json')).length >= count;
}

const createAsked = (world: CliWorld) => asked(world, 'rest', 'POST', /^\/v2\/pods$/);

const POINTS: readonly Point[] = [
  {
    name: 'while the dataset is being uploaded',
    faults: { s3Stalls: 1 },
    reached: (world) => asked(world, 's3', 'PUT', /datasets/),
    pods: 0,
    states: ['ended'],
  },
  {
    name: 'while the script is being uploaded',
    faults: { s3SlowSeconds: 20 },
    reached: (world) => asked(world, 's3', 'PUT', /training_scripts/),
    pods: 0,
    states: ['ended'],
  },
  {
    name: 'after the intent, before the pod exists',
    faults: { createReply: 'stall-before' },
    reached: createAsked,
    pods: 0,
    states: ['launching', 'ended'],
  },
  {
    name: 'after the pod exists, before the answer',
    faults: { createReply: 'stall-after', neverBoots: true },
    reached: (world) => world.emulator.pods().length === 1,
    pods: 1,
    states: ['booting'],
  },
  {
    name: 'after the pod is journalled, while it boots',
    faults: { neverBoots: true },
    reached: async (world) => world.emulator.pods().length === 1 && (await journalled(world, 4)),
    pods: 1,
    states: ['booting'],
  },
];

describe('kill -9 of the CLI', () => {
  for (const point of POINTS) {
    it(point.name, async () => {
      const world = await cliWorld({ faults: point.faults });
      try {
        await killAt(world, point);
        const job = await onlyJob(world);
        assert.ok(point.states.includes(job.state), `${job.state}: ${JSON.stringify(job)}`);
        assertAccountedFor(world, job);
        await world.run(['stop', job.id]);
        assert.deepEqual(world.emulator.pods(), []);
      } finally {
        await world.close();
      }
    });
  }

  it('while the job runs: the pod goes on, ends itself, and the result is found', async () => {
    const world = await cliWorld();
    try {
      const train = world.start([
        'train',
        PENGUINS,
        '--target',
        'species',
        '--backend',
        'runpod',
        '--set',
        'n_estimators=20',
      ]);
      await until('the job runs', () => /^running/m.test(train.stderr()));
      await kill(train);
      const running = await onlyJob(world);
      assertAccountedFor(world, running);
      await until('the pod ended itself', () => world.emulator.pods().length === 0);
      const job = await onlyJob(world);
      assert.deepEqual([job.state, job.settled, job.outcome], ['ended', true, { kind: 'succeeded' }]);
      assert.deepEqual(
        job.machines.map((machine) => machine.verifiedGone),
        [true],
      );
    } finally {
      await world.close();
    }
  });
});

interface ListedJob {
  readonly id: string;
  readonly state: string;
  readonly settled: boolean;
  readonly outcome: unknown;
  readonly machines: readonly { readonly id: string | null; readonly name: string; readonly verifiedGone: boolean }[];
}

async function killAt(world: CliWorld, point: Point): Promise<void> {
  const train = world.start(['train', PENGUINS, '--target', 'species', '--backend', 'runpod']);
  await until(`the CLI is ${point.name}`, () => point.reached(world));
  await kill(train);
  Object.assign(world.emulator.faults, { s3Stalls: 0, s3SlowSeconds: 0, createReply: null });
  assert.equal(world.emulator.pods().length, point.pods);
}

async function kill({ child, ended }: Running): Promise<void> {
  child.kill('SIGKILL');
  assert.equal((await ended).code, null, 'it ended before it could be killed');
}

async function onlyJob(world: CliWorld): Promise<ListedJob> {
  const { code, stdout, stderr } = await world.run(['jobs', '--json']);
  assert.equal(code, 0, stderr);
  const { jobs } = JSON.parse(stdout);
  assert.equal(jobs.length, 1);
  return jobs[0];
}

/** Every pod of the account is one that the ledger knows and does not believe gone. */
function assertAccountedFor(world: CliWorld, job: ListedJob): void {
  for (const { id } of world.emulator.pods()) {
    const machine = job.machines.find((candidate) => candidate.id === id);
    assert.ok(machine && !machine.verifiedGone, `pod ${id} is unaccounted for`);
  }
}
