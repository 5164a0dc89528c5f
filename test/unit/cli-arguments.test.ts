import assert from 'node:assert/strict';
import fc from 'fast-check';
import { namesIn } from '../../src/cli/spec.ts';

describe('--features', () => {
  it('splits at commas and takes quoted names whole', () => {
    assert.deepEqual(namesIn('a, b,c d'), ['a', 'b', 'c d']);
    assert.deepEqual(namesIn('"a,b",c'), ['a,b', 'c']);
    assert.deepEqual(namesIn('" lead", "say ""hi"""'), [' lead', 'say "hi"']);
    assert.deepEqual(namesIn('5" pipe,6" pipe'), ['5" pipe', '6" pipe']);
    assert.deepEqual(namesIn(''), ['']);
  });

  it('can say every list of names', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (names) => {
        const list = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
        assert.deepEqual(namesIn(list), names);
      }),
    );
  });
});
