import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BackendError, type BackendFailure } from '../../src/backends/ports.ts';
import { retrying } from '../../src/backends/runpod/retry.ts';
import { partsOf } from '../../src/backends/runpod/s3/parts.ts';
import type { ByteSource } from '../../src/base/bytes.ts';
import { silentLog } from '../../src/base/log.ts';

function chunked(chunks: readonly Uint8Array[], size: number | undefined): ByteSource {
  return {
    name: 'data.csv',
    size,
    async *open() {
      yield* chunks;
    },
  };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('RunPod upload parts', () => {
  it('hold every byte in order, all full but the last, whatever the chunks', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 30 }), fc.boolean(), async (given, partBytes, known) => {
        const whole = Buffer.concat(given);
        const parts = await all(partsOf(chunked(given, known ? whole.length : undefined), partBytes));
        assert.deepEqual(Buffer.concat(parts), whole);
        assert.ok(parts.slice(0, -1).every(({ length }) => length === partBytes));
        const last = parts.at(-1)?.length ?? -1;
        assert.ok(whole.length === 0 ? last === 0 && parts.length === 1 : last > 0 && last <= partBytes);
      }),
    );
  });

  it('are refused when the source does not hold what it said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.nat(100), async (bytes, said) => {
        fc.pre(bytes.length !== said);
        await assert.rejects(all(partsOf(chunked([bytes], said), 7)), { code: 'data/changed' });
      }),
    );
  });
});

describe('RunPod retries', () => {
  /** Runs a call that fails `times` times; the waits it led to. */
  async function waits(failure: BackendFailure, times: number, attempts: number): Promise<number[] | 'thrown'> {
    const slept: number[] = [];
    const clock = {
      now: () => 0,
      sleep: async (milliseconds: number) => {
        slept.push(milliseconds);
      },
    };
    let calls = 0;
    const call = async () => {
      calls += 1;
      if (calls <= times) throw new BackendError(failure);
    };
    try {
      await retrying({ clock, log: silentLog, waitScale: 0.5 }, call, { attempts });
      return slept;
    } catch {
      return 'thrown';
    }
  }

  const unavailable: BackendFailure = { kind: 'unavailable', detail: '' };

  it('wait longer each time, up to thirty seconds, scaled', async () => {
    assert.deepEqual(await waits(unavailable, 7, 8), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  });

  it('wait as long as RunPod asks, unless that is too long', async () => {
    assert.deepEqual(await waits({ kind: 'rate-limited', detail: '', waitMs: 12_000 }, 1, 4), [6000]);
    assert.equal(await waits({ kind: 'rate-limited', detail: '', waitMs: 60_000 }, 1, 4), 'thrown');
  });

  it('stop at what cannot pass, and after the last attempt', async () => {
    assert.equal(await waits({ kind: 'volume-full', detail: '' }, 1, 4), 'thrown');
    assert.equal(await waits({ kind: 'unknown-outcome', detail: '' }, 1, 4), 'thrown');
    assert.equal(await waits(unavailable, 4, 4), 'thrown');
  });

  it('end with the reason of a cancellation', async () => {
    const cancel = new AbortController();
    const clock = {
      now: () => 0,
      sleep: async () => cancel.abort(new Error('cancelled')),
    };
    const call = () => Promise.reject(new BackendError(unavailable));
    await assert.rejects(
      retrying({ clock, log: silentLog, waitScale: 1 }, call, { attempts: 9, signal: cancel.signal }),
      { message: 'cancelled' },
    );
  });
});
