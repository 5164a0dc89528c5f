import assert from 'node:assert/strict';
import { buildSchema, parse, validate } from 'graphql';
import { after, before, describe, it } from 'mocha';
import { BALANCE_QUERY, DATA_CENTERS_QUERY } from '../../src/backends/runpod/graphql/account.ts';
import { startCommand } from '../../src/core/contract/start-command.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { officialMissing, officialText } from '../emulator/official.ts';
import { backendOf, scratchEmulator } from '../emulator/scratch.ts';

/** The mutation inside the start command, as the shell sends it. */
function startMutation(): string {
  const text = startCommand().join(' ');
  const [, query = ''] = /\{\\"query\\":\\"(.*?)\\"\}"/.exec(text) ?? [];
  return query.replaceAll(String.raw`\\\"`, '"');
}

describe('RunPod GraphQL', () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await scratchEmulator();
  });
  after(() => emulator.stop());

  const missing = officialMissing('runpod.graphql');
  for (const [what, document] of [
    ['balance', BALANCE_QUERY],
    ['data centres', DATA_CENTERS_QUERY],
    ['end of a pod', startMutation()],
  ] as const) {
    (missing ? it.skip : it)(`the document for ${what} is valid in RunPod's schema${missing ?? ''}`, () => {
      assert.deepEqual(validate(buildSchema(officialText('runpod.graphql')), parse(document)), []);
    });
  }

  it('sends only those documents, by Bearer header and never in the address', async () => {
    const { account } = backendOf(emulator);
    await Promise.all([account?.balance(), account?.volumes()]);
    const sent = emulator.requests.filter(({ api }) => api === 'graphql');
    assert.deepEqual(
      sent.map(({ path }) => path),
      ['/graphql', '/graphql'],
    );
    const documents = sent
      .map(({ body }) => (body as { query: string }).query)
      .map((query) => query.replace(/\s+/g, ' ').trim());
    assert.deepEqual(documents.sort(), [BALANCE_QUERY, DATA_CENTERS_QUERY].sort());
  });

  for (const [what, faults] of [
    ['gone', { graphqlGone: true }],
    ['behind a failing proxy', { gatewayErrors: 1 }],
    ['refusing the key', { badAuth: true }],
  ] as const) {
    it(`is absent without fuss when it is ${what}`, async () => {
      Object.assign(emulator.faults, faults);
      assert.equal(await backendOf(emulator).account?.balance(), undefined);
      Object.assign(emulator.faults, { graphqlGone: false, gatewayErrors: 0, badAuth: false });
    });
  }

  it('refuses a field that RunPod does not have', async () => {
    const response = await fetch(emulator.graphqlUrl, {
      method: 'POST',
      headers: { 'User-Agent': 'tabpod-test/1', Authorization: `Bearer ${emulator.apiKey}` },
      body: JSON.stringify({ query: '{ myself { shoeSize } }' }),
    });
    const reply = (await response.json()) as { errors: { message: string; extensions: unknown }[] };
    assert.match(reply.errors[0]?.message ?? '', /Cannot query field "shoeSize"/);
    assert.deepEqual(reply.errors[0]?.extensions, { code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});
