import assert from 'node:assert/strict';
import { splitSchema } from '../../src/core/spec/schema.ts';
import type { FormColumn } from '../../src/protocol/form.ts';
import { SPLIT_KINDS, type SplitJson, withKind, withSetting } from '../../src/webview/form/split-edits.ts';

function column(name: string, role: string): FormColumn {
  return { name, kind: role, role, missing: 0, distinct: 5, distinctExact: true };
}

const COLUMNS = [
  column('size', 'numeric'),
  column('city', 'category'),
  column('patient', 'numeric'),
  column('sold', 'date'),
  column('is_test', 'boolean'),
];

describe('the split, edited in the form', () => {
  for (const kind of SPLIT_KINDS) {
    it(`${kind || 'automatic'} is a split that the spec knows`, () => {
      const split = withKind({ test: 0.3, validation: 0.1 }, kind, COLUMNS);
      assert.ok(splitSchema.safeParse(split).success, JSON.stringify(split));
    });
  }

  it('proposes the column that fits', () => {
    const proposed = ['time', 'group', 'column'].map((kind) => withKind({}, kind, COLUMNS)?.column);
    assert.deepEqual(proposed, ['sold', 'patient', 'is_test']);
    assert.equal(withKind({}, 'time', [column('x', 'numeric')])?.column, 'x');
  });

  it('keeps the shares from kind to kind, where the kind has them', () => {
    const random = withKind({ kind: 'time', column: 'sold', gap: 3, test: 0.3, validation: 0.1 }, 'random', COLUMNS);
    assert.deepEqual(random, { kind: 'random', test: 0.3, validation: 0.1 });
    assert.deepEqual(withKind({ test: 0.3, validation: 0.1 }, 'column', COLUMNS), {
      kind: 'column',
      column: 'is_test',
      validation: 0.1,
    });
    assert.deepEqual(withKind({ kind: 'file', test: { path: 'test.csv' } }, 'random', COLUMNS), { kind: 'random' });
  });

  it('leaves nothing in the spec that says no more than the default', () => {
    assert.equal(withKind({ kind: 'group', column: 'city' }, '', COLUMNS), undefined);
    assert.equal(withSetting({ kind: 'auto', test: 0.3 }, 'test', undefined), undefined);
    assert.deepEqual(withSetting({}, 'test', 0.3), { kind: 'auto', test: 0.3 });
  });

  it('changes one setting and no other', () => {
    const split: SplitJson = { kind: 'time', column: 'sold', test: 0.3 };
    assert.deepEqual(withSetting(split, 'gap', 5), { ...split, gap: 5 });
    assert.deepEqual(withSetting({ ...split, gap: 5 }, 'gap', undefined), split);
  });
});
