import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FORM_ACTIONS, formToHostSchema, formToPageSchema } from '../../src/protocol/form.ts';
import { reportToHostSchema } from '../../src/protocol/report.ts';

const key = fc.oneof(fc.string({ maxLength: 40 }), fc.nat());
const edit = fc.record(
  {
    type: fc.constant('edit' as const),
    id: fc.uuid(),
    path: fc.array(key, { minLength: 1, maxLength: 8 }),
    // A key that would reach a prototype is dropped on the way.
    value: fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__')),
  },
  { requiredKeys: ['type', 'id', 'path'], noNullPrototype: true },
);

describe('messages of the form', () => {
  it('carry any edit unchanged', () => {
    fc.assert(fc.property(edit, (message) => assert.deepEqual(formToHostSchema.parse(message), message)));
  });

  it('carry every action', () => {
    for (const action of FORM_ACTIONS) assert.ok(formToHostSchema.safeParse({ type: 'action', action }).success);
  });

  it('are nothing else', () => {
    const refused = [
      undefined,
      null,
      'ready',
      {},
      { type: 'eval', code: '1' },
      { type: 'ready', extra: 1 },
      { type: 'edit', id: '1', path: [], value: {} },
      { type: 'edit', id: '', path: ['target'], value: 'a' },
      { type: 'edit', id: '1', path: Array(9).fill('a'), value: 'a' },
      { type: 'edit', id: '1', path: [-1], value: 'a' },
      { type: 'edit', id: '1', path: [{ toString: 'a' }], value: 'a' },
      { type: 'action', action: 'constructor' },
    ];
    for (const message of refused) assert.equal(formToHostSchema.safeParse(message).success, false);
    const other = fc.jsonValue().filter((value) => !(value && typeof value === 'object' && 'type' in value));
    fc.assert(
      fc.property(other, (value) => {
        assert.equal(formToHostSchema.safeParse(value).success, false);
        assert.equal(formToPageSchema.safeParse(value).success, false);
        assert.equal(reportToHostSchema.safeParse(value).success, false);
      }),
    );
  });
});
