import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BackendError } from '../../src/backends/ports.ts';
import {
  networkFailure,
  restFailure,
  storageError,
  storageFailure,
  unreadable,
} from '../../src/backends/runpod/errors.ts';

const problem = (status: number, detail: string, errors?: string[]) =>
  JSON.stringify({ title: 'x', status, detail, ...(errors && { errors }) });

const instances =
  'There are no longer any instances available with the requested specifications. Please refresh and try again.';

describe('RunPod errors', () => {
  const rows: readonly [status: number, body: string, renting: string, reading: string][] = [
    [400, problem(400, instances), 'no-capacity', 'no-capacity'],
    [400, problem(400, 'There are no resources to deploy for this request.'), 'no-capacity', 'no-capacity'],
    [
      400,
      problem(400, 'This machine does not have the resources to deploy your pod. Please try a different machine'),
      'no-capacity',
      'no-capacity',
    ],
    [400, problem(400, 'No compatible CUDA host is currently available.'), 'no-capacity', 'no-capacity'],
    [
      400,
      problem(400, 'There are no longer any instances available with enough disk space.'),
      'no-capacity',
      'no-capacity',
    ],
    [
      500,
      problem(500, 'create pod: Your account balance is too low to rent a pod. Please add funds to your account.'),
      'no-funds',
      'no-funds',
    ],
    [500, problem(500, `create pod: ${instances}`), 'no-capacity', 'no-capacity'],
    [500, problem(500, 'Something went wrong.'), 'unknown-outcome', 'unavailable'],
    [400, problem(400, 'Something new.'), 'refused', 'refused'],
    [401, problem(401, 'missing bearer token'), 'bad-key', 'bad-key'],
    [402, problem(402, 'anything'), 'no-funds', 'no-funds'],
    [403, problem(403, 'access denied'), 'forbidden', 'forbidden'],
    [403, 'error code: 1010', 'unavailable', 'unavailable'],
    [404, problem(404, 'network volume not found'), 'refused', 'refused'],
    [408, '', 'unknown-outcome', 'unavailable'],
    [409, problem(409, 'not now'), 'refused', 'refused'],
    [422, problem(422, 'Request validation failed.', ['$: no']), 'refused', 'refused'],
    [429, problem(429, 'rate limit exceeded for the minute window'), 'rate-limited', 'rate-limited'],
    [302, '', 'unknown-outcome', 'unavailable'],
    [502, '<html>bad gateway</html>', 'unknown-outcome', 'unavailable'],
    [524, '<!DOCTYPE html>…', 'unknown-outcome', 'unavailable'],
  ];
  for (const [status, body, renting, reading] of rows) {
    it(`reads ${status} ${body.slice(0, 90)}`, () => {
      const refusal = { status, body, retryAfterMs: undefined };
      assert.equal(restFailure(refusal, 'rent').kind, renting);
      assert.equal(restFailure(refusal, 'repeatable').kind, reading);
    });
  }

  it('shows RunPod’s own words, with every violation, and no page of a proxy', () => {
    const detail = (status: number, body: string) =>
      restFailure({ status, body, retryAfterMs: undefined }, 'rent').detail;
    assert.equal(
      detail(422, problem(422, 'Request validation failed.', ['$: a', '$: b'])),
      'Request validation failed. $: a $: b',
    );
    assert.equal(detail(502, '<html><body>long page</body></html>'), 'HTTP 502');
    assert.equal(detail(503, 'upstream  gone\n'), 'HTTP 503: upstream gone');
  });

  it('waits as long as Retry-After says, and ten seconds when it says nothing', () => {
    const wait = (retryAfterMs: number | undefined) => {
      const failure = restFailure({ status: 429, body: '', retryAfterMs }, 'repeatable');
      return failure.kind === 'rate-limited' && failure.waitMs;
    };
    assert.deepEqual([wait(12_000), wait(0), wait(undefined)], [12_000, 0, 10_000]);
  });

  for (const [code, renting] of [
    ['ECONNREFUSED', 'unavailable'],
    ['ENOTFOUND', 'unavailable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unavailable'],
    ['CERT_HAS_EXPIRED', 'unavailable'],
    ['ECONNRESET', 'unknown-outcome'],
    ['UND_ERR_SOCKET', 'unknown-outcome'],
    ['UND_ERR_HEADERS_TIMEOUT', 'unknown-outcome'],
  ] as const) {
    it(`reads a create that failed with ${code} as ${renting}`, () => {
      const thrown = new TypeError('fetch failed', { cause: Object.assign(new Error('why'), { code }) });
      assert.deepEqual(networkFailure(thrown, 'rent'), { kind: renting, detail: 'fetch failed: why' });
      assert.equal(networkFailure(thrown, 'repeatable').kind, 'unavailable');
    });
  }

  it('reads a timeout and an unreadable answer as an unknown outcome only where something may be rented', () => {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    assert.equal(networkFailure(timeout, 'rent').kind, 'unknown-outcome');
    assert.equal(networkFailure(timeout, 'repeatable').kind, 'unavailable');
    assert.equal(unreadable('x', 'rent').kind, 'unknown-outcome');
    assert.equal(unreadable('x', 'repeatable').kind, 'unavailable');
  });

  const sdk = (name: string, httpStatusCode?: number) =>
    Object.assign(new Error('why'), { name, $metadata: { httpStatusCode } });
  for (const [error, kind] of [
    [sdk('InsufficientStorage', 507), 'volume-full'],
    [sdk('SignatureDoesNotMatch', 403), 'bad-key'],
    [sdk('InvalidAccessKeyId', 403), 'bad-key'],
    [sdk('AccessDenied', 403), 'forbidden'],
    [sdk('RequestTimeTooSkewed', 403), 'refused'],
    [sdk('NoSuchBucket', 404), 'refused'],
    [sdk('SlowDown', 503), 'rate-limited'],
    [sdk('InternalError', 500), 'unavailable'],
    [sdk('RequestTimeout', 400), 'unavailable'],
    [sdk('Unknown', 524), 'unavailable'],
    [sdk('TimeoutError'), 'unavailable'],
    [new Error('socket hang up'), 'unavailable'],
    [Object.assign(new Error('bad xml'), { $response: { statusCode: 502 } }), 'unavailable'],
  ] as const) {
    it(`reads storage error ${error.name} as ${kind}`, () => {
      assert.equal(storageFailure(error).kind, kind);
    });
  }

  it('leaves a cancellation and our own errors as they are', () => {
    const cancel = new AbortController();
    cancel.abort('by the user');
    assert.equal(storageError(new Error('aborted'), cancel.signal), 'by the user');
    const ours = new BackendError({ kind: 'no-funds', detail: '' });
    assert.equal(storageError(ours), ours);
  });
});
