import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pyLiteral } from '../../src/core/script/literal.ts';
import { isPrintable } from '../../src/core/script/printable.ts';

describe('pyLiteral', () => {
  const scalars: readonly [value: unknown, python: string][] = [
    [null, 'None'],
    [true, 'True'],
    [false, 'False'],
    [0, '0'],
    [-0, '-0.0'],
    [42, '42'],
    [0.1, '0.1'],
    [1e-7, '1e-7'],
    [5e-324, '5e-324'],
    [1e21, '1e21'],
    [1.5e300, '1.5e300'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['plain', '"plain"'],
    ["it's", `"it's"`],
    ['say "hi"', `'say "hi"'`],
    [`"it's"`, `'"it\\'s"'`],
    [`'"'`, `"'\\"'"`],
    ['C:\\new', '"C:\\\\new"'],
    ['a\nb\tc\rd', '"a\\nb\\tc\\rd"'],
    ['{{literal x}} """ #', `'{{literal x}} """ #'`],
    ['\0\u007f\u00a0', '"\\x00\\x7f\\xa0"'],
    ['\u200b\u202e\u2028\uFEFF', '"\\u200b\\u202e\\u2028\\ufeff"'],
    ['\ud800', '"\\ud800"'],
    ['\udc00\ud800', '"\\udc00\\ud800"'],
    ['\u{E000}\u{10FFFF}\u{E0001}', '"\\ue000\\U0010ffff\\U000e0001"'],
    ['Größe 尺寸 גודל حجم आकार 😀', '"Größe 尺寸 גודל حجم आकार 😀"'],
  ];
  for (const [value, python] of scalars) {
    it(`writes ${python}`, () => assert.equal(pyLiteral(value), python));
  }

  it('writes a collection on its line if it fits there', () => {
    assert.equal(pyLiteral({ a: [1, []], 'b c': {} }), '{"a": [1, []], "b c": {}}');
    assert.equal(pyLiteral(Object.fromEntries([['__proto__', 1]])), '{"__proto__": 1}');
    const exact = 'x'.repeat(95);
    assert.equal(pyLiteral([exact]), `["${exact}"]`);
    assert.equal(pyLiteral([`${exact}x`]), `[\n    "${exact}x",\n]`);
    assert.equal(pyLiteral([exact], 1), `[\n        "${exact}",\n    ]`);
    assert.equal(pyLiteral({ key: [exact] }), `{\n    "key": [\n        "${exact}",\n    ],\n}`);
  });

  it('fills lines with the texts of a long list, and gives each other entry a line', () => {
    const word = 'x'.repeat(43);
    const two = `"${word}", "${word}",\n`;
    assert.equal(pyLiteral(Array(4).fill(word)), `[\n    ${two}    ${two}]`);
    assert.equal(pyLiteral([[word], [word], 1]), `[\n    ["${word}"],\n    ["${word}"],\n    1,\n]`);
    assert.equal(pyLiteral({ a: word, b: word }), `{\n    "a": "${word}",\n    "b": "${word}",\n}`);
    // An empty one stays on its line, however long that is by then.
    const long = 'x'.repeat(100);
    assert.equal(pyLiteral({ [long]: [] }), `{\n    "${long}": [],\n}`);
    // Letters that may be wide are counted twice.
    assert.equal(pyLiteral(Array(2).fill('尺'.repeat(23))).split('\n').length, 4);
  });

  it('refuses numbers that Python would read as others', () => {
    for (const value of [Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 60), 1e20]) {
      assert.throws(() => pyLiteral({ value }), { code: 'script/number' });
    }
  });

  it('refuses what is no JSON', () => {
    for (const value of [undefined, () => 1, 1n, Symbol('a'), new Date(0), new Map()]) {
      assert.throws(() => pyLiteral([value]), { code: 'script/value' });
    }
  });

  it('writes strings on one line, in characters that can be seen', () => {
    const anything = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(anything, (text) => {
        const python = pyLiteral(text);
        assert.ok([...python].every((character) => isPrintable(character.codePointAt(0) ?? 0)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('isPrintable', () => {
  it('knows blanks and invisible characters', () => {
    const unseen = [0, 0x1f, 0x7f, 0x9f, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200d, 0x2066, 0x2800, 0x3000];
    for (const codePoint of [...unseen, 0x3164, 0xd800, 0xdfff, 0xe000, 0xfe0f, 0xfff9, 0xffff, 0xe0100, 0x10ffff]) {
      assert.equal(isPrintable(codePoint), false, codePoint.toString(16));
    }
  });

  it('knows letters, signs and marks', () => {
    for (const character of [' ', '~', 'é', 'ß', 'Ж', 'א', 'ب', 'क', 'ि', '字', '한', '€', '😀', '𝒳']) {
      assert.equal(isPrintable(character.codePointAt(0) ?? 0), true, character);
    }
  });
});
