import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Emulator } from '../emulator/emulator.ts';
import { officialMissing, restViolations } from '../emulator/official.ts';
import { NO_FUNDS, NO_INSTANCES } from '../emulator/rest.ts';
import { GPU, scratchEmulator } from '../emulator/scratch.ts';

interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly string[];
}

describe('refusals of the emulator', () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await scratchEmulator({ credit: 0.5 });
  });
  after(() => emulator.stop());

  /** Sends one call with a changed header or body; the answer as it came. */
  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(emulator.restUrl + path, {
      method,
      headers: { 'User-Agent': 'tabpod-test/1', Authorization: `Bearer ${emulator.apiKey}`, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { response, text: await response.text() };
  }

  const pod = { name: 'x', image: 'x', gpu: { id: 'NVIDIA RTX A4000' } };

  it('meets a library’s own User-Agent as Cloudflare does', async () => {
    const { response, text } = await send('GET', '/pods', undefined, { 'User-Agent': 'Python-urllib/3.12' });
    assert.deepEqual([response.status, text], [403, 'error code: 1010']);
  });

  it('limits the rate with Retry-After', async () => {
    Object.assign(emulator.faults, { rateLimited: 1, retryAfterSeconds: 7 });
    const { response } = await send('GET', '/pods');
    assert.deepEqual([response.status, response.headers.get('Retry-After')], [429, '7']);
  });

  const cases: readonly [string, string, string, unknown, Record<string, string>, Problem][] = [
    [
      'no key',
      'GET',
      '/pods',
      undefined,
      { Authorization: '' },
      { title: 'Unauthorized', status: 401, detail: 'missing bearer token' },
    ],
    [
      'a key that never was',
      'GET',
      '/pods',
      undefined,
      { Authorization: 'Bearer rpa_never' },
      { title: 'Unauthorized', status: 401, detail: 'invalid bearer token' },
    ],
    [
      'a field nobody knows',
      'POST',
      '/pods',
      { ...pod, bogus: 1, gpu: { ...pod.gpu, minVram: 1 } },
      {},
      {
        title: 'Unprocessable Entity',
        status: 422,
        detail: 'Request validation failed.',
        errors: ["$.gpu: additional properties 'minVram' not allowed", "$: additional properties 'bogus' not allowed"],
      },
    ],
    [
      'no JSON',
      'POST',
      '/pods',
      '{',
      {},
      { title: 'Bad Request', status: 400, detail: 'request body is not valid JSON' },
    ],
    [
      'too many variables',
      'POST',
      '/pods',
      { ...pod, env: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`V${index}`, ''])) },
      {},
      { title: 'Bad Request', status: 400, detail: 'a pod may have at most 50 environment variables' },
    ],
    [
      'a volume of somebody else',
      'POST',
      '/pods',
      { ...pod, mounts: { network: [{ volumeId: 'other', path: '/workspace' }] } },
      {},
      { title: 'Not Found', status: 404, detail: 'network volume not found' },
    ],
    [
      'another data centre',
      'POST',
      '/pods',
      { ...pod, dataCenterIds: ['US-KS-2'] },
      {},
      { title: 'Bad Request', status: 400, detail: NO_INSTANCES },
    ],
    [
      'a CUDA version no host has',
      'POST',
      '/pods',
      { ...pod, gpu: { ...pod.gpu, minCudaVersion: '13.1' } },
      {},
      { title: 'Bad Request', status: 400, detail: NO_INSTANCES },
    ],
    [
      'less credit than an hour costs',
      'POST',
      '/pods',
      { ...pod, gpu: { id: GPU } },
      {},
      { title: 'Payment Required', status: 402, detail: NO_FUNDS },
    ],
    [
      'an unknown pod',
      'GET',
      '/pods/emu0',
      undefined,
      {},
      { title: 'Not Found', status: 404, detail: 'pod not found' },
    ],
    [
      'stock without a product',
      'GET',
      '/catalog/gpus?include=AVAILABILITY',
      undefined,
      {},
      {
        title: 'Bad Request',
        status: 400,
        detail: 'product is required with include=AVAILABILITY, and filters are valid only with it',
      },
    ],
  ];
  for (const [what, method, path, body, headers, expected] of cases) {
    it(`refuses ${what} as RunPod does`, async () => {
      const { response, text } = await send(method, path, body, headers);
      assert.equal(response.status, expected.status);
      assert.equal(response.headers.get('Content-Type'), 'application/problem+json');
      const problem: Problem = JSON.parse(text);
      assert.deepEqual({ ...problem, ...(problem.errors && { errors: problem.errors.toSorted() }) }, expected);
    });
  }

  const missing = officialMissing('runpod-openapi-v2.json');
  (missing ? it.skip : it)(`agrees with the official schema in every reply${missing ?? ''}`, () => {
    const readable = emulator.requests.filter(({ body }) => typeof body !== 'string');
    assert.deepEqual(restViolations(readable), []);
  });
});
