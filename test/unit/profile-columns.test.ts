import assert from 'node:assert/strict';
import fc from 'fast-check';
import { areBooleans, strip } from '../../src/core/profile/cells.ts';
import { exactHistogram, StreamHistogram } from '../../src/core/profile/histogram.ts';
import { areCodes, missingTokens } from '../../src/core/profile/missing.ts';
import { uniqueNames } from '../../src/core/profile/names.ts';
import { Range } from '../../src/core/profile/range.ts';
import { CATEGORY_LIMIT, inferRole, type RoleFacts, shapeOf } from '../../src/core/profile/roles.ts';

describe('cells', () => {
  it('strips whitespace, that of Unicode too', () => {
    assert.equal(strip(' \t\r\n\v\fa b\u00a0 '), 'a b');
    assert.equal(strip(' \t '), '');
  });

  it('knows yes and no, of one pair only', () => {
    assert.ok(areBooleans(['yes', 'NO']));
    assert.ok(areBooleans(['T', 'f']));
    assert.ok(areBooleans(['n']));
    for (const values of [[], ['yes', 'false'], ['0', '1'], ['male', 'female'], ['t', 'true']]) {
      assert.ok(!areBooleans(values), values.join());
    }
  });
});

describe('missing tokens', () => {
  const column = (tokens: string[], typed = false, codes = false) => ({
    tokens: new Map(tokens.map((token) => [token, 1])),
    typed,
    codes,
  });

  it('lists plain tokens that occur', () => {
    assert.deepEqual(missingTokens([column(['NA']), column(['?', 'null'], true)]), ['NA', 'null', '?']);
    assert.deepEqual(missingTokens([column([])]), []);
  });

  it('takes None and - for values, unless a column of numbers, dates or booleans holds them', () => {
    assert.deepEqual(missingTokens([column(['None', '-'])]), []);
    assert.deepEqual(missingTokens([column(['None', '-']), column(['-'], true)]), ['-']);
  });

  it('leaves Namibia among country codes', () => {
    assert.ok(areCodes(['DE', 'FR', 'NA', 'US', 'GB', 'IT', 'ES', 'PT', 'NL', 'BE', 'AT']));
    assert.ok(!areCodes(['DE', 'FR', 'NA']));
    assert.deepEqual(missingTokens([column(['NA'], false, true)]), []);
    assert.deepEqual(missingTokens([column(['NA'], false, true), column(['NA'])]), ['NA']);
  });
});

describe('names of columns', () => {
  it('keeps names, numbers empty and repeated ones from the left', () => {
    const { names, findings } = uniqueNames(['', 'a', 'a', ' a', 'a_2', 'a', ' ', 'column_1']);
    assert.deepEqual(names, ['column_1', 'a', 'a_2', ' a', 'a_2_2', 'a_3', 'column_7', 'column_1_2']);
    assert.deepEqual(
      findings.map(({ code, facts }) => [code, facts.count]),
      [
        ['data/empty-names', 2],
        ['data/duplicate-names', 4],
      ],
    );
  });

  it('makes any header unique and leaves a unique one alone', () => {
    const name = fc.oneof(fc.constantFrom('', 'a', 'a_2', 'column_2', ' '), fc.string());
    fc.assert(
      fc.property(fc.array(name), (header) => {
        const { names } = uniqueNames(header);
        assert.equal(new Set(names).size, header.length);
        assert.deepEqual(uniqueNames(names), { names, findings: [] });
      }),
    );
  });

  it('numbers ten thousand equal names in no time', () => {
    const { names } = uniqueNames(new Array<string>(10_000).fill('a'));
    assert.equal(names.at(-1), 'a_10000');
  });
});

describe('histograms', () => {
  it('counts all values into equal bins, the greatest into the last', () => {
    const bins = exactHistogram([
      [0, 2],
      [5, 1],
      [10, 3],
    ]);
    assert.deepEqual([bins[0], bins[10], bins[19]], [2, 1, 3]);
    assert.equal(exactHistogram([[7, 4]])[0], 4);
  });

  it('streams to nearly the same counts whatever the order and range', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const histogram = new StreamHistogram();
        const range = new Range();
        for (const each of values) {
          histogram.add(each, 1);
          range.add(each, 1);
        }
        const bins = histogram.finish(range.min, range.max);
        assert.equal(bins.length, 20);
        assert.ok(bins.every((count) => count >= 0));
        assert.equal(
          bins.reduce((sum, count) => sum + count, 0),
          values.length,
        );
      }),
    );
  });

  it('is close to the exact one', () => {
    const histogram = new StreamHistogram();
    const pairs: [number, number][] = [];
    for (let index = 0; index < 20_000; index++) {
      const value = Math.sin(index) ** 3 * 1000 + index / 100;
      histogram.add(value, 1);
      pairs.push([value, 1]);
    }
    const values = pairs.map(([value]) => value);
    const streamed = histogram.finish(Math.min(...values), Math.max(...values));
    exactHistogram(pairs).forEach((count, bin) => {
      const difference = Math.abs(count - (streamed[bin] ?? 0));
      assert.ok(difference <= 0.05 * count + 60, `bin ${bin}: ${count} and ${streamed[bin]}`);
    });
  });

  it('keeps a mean that no sum could hold', () => {
    const range = new Range();
    range.add(1.5e308, 3);
    range.add(Number.POSITIVE_INFINITY, 1);
    assert.deepEqual([range.count, range.max, range.mean], [3, 1.5e308, 1.5e308]);
  });
});

describe('roles', () => {
  const facts = (some: Partial<RoleFacts>): RoleFacts => ({
    ...{ kind: 'string', distinct: 5, distinctExact: true, index: 1, name: 'x', present: 1000, unnamed: false },
    ...{ min: undefined, max: undefined, words: 1, codeLike: false },
    ...some,
  });
  const integers = (some: Partial<RoleFacts>) => facts({ kind: 'integer', min: 0, max: 9, distinct: 10, ...some });

  const table: [string, RoleFacts, string][] = [
    ['no value', facts({ kind: 'empty', distinct: 0 }), 'constant'],
    ['one value', facts({ distinct: 1 }), 'constant'],
    ['few values', facts({}), 'category'],
    ['values up to the limit', facts({ distinct: CATEGORY_LIMIT }), 'category'],
    ['values above the limit', facts({ distinct: CATEGORY_LIMIT + 1 }), 'category_high'],
    ['sentences', facts({ distinct: 700, words: 8 }), 'text'],
    ['long labels that repeat', facts({ distinct: 7, words: 4 }), 'category'],
    ['unique names', facts({ distinct: 1000, words: 2 }), 'text'],
    ['unique codes', facts({ distinct: 1000, codeLike: true }), 'id'],
    ['unique codes, estimated', facts({ distinct: 975, distinctExact: false, codeLike: true }), 'id'],
    ['unique codes of a handful of rows', facts({ distinct: 5, present: 5, codeLike: true }), 'category'],
    ['0 and 1', integers({ distinct: 2, max: 1 }), 'boolean'],
    ['1 and 2', integers({ distinct: 2, min: 1, max: 2 }), 'numeric'],
    ['few whole numbers', integers({}), 'numeric'],
    ['row numbers', integers({ distinct: 1000, max: 999 }), 'id'],
    ['dense numbers of many rows', integers({ distinct: 1000, min: 5000, max: 5999 }), 'id'],
    ['years of a short series', integers({ distinct: 30, present: 30, min: 1990, max: 2019 }), 'numeric'],
    ['unique sums of money', integers({ distinct: 1000, max: 90_000 }), 'numeric'],
    ['customer numbers', integers({ distinct: 1000, max: 90_000, name: 'CustomerId' }), 'id'],
    ['an index of three rows', integers({ distinct: 3, present: 3, max: 2, index: 0, unnamed: true }), 'id'],
    ['unique fractions', facts({ kind: 'number', distinct: 1000, name: 'id' }), 'numeric'],
    ['dates', facts({ kind: 'date', distinct: 1000 }), 'date'],
    ['yes and no', facts({ kind: 'boolean', distinct: 2 }), 'boolean'],
  ];
  for (const [what, given, role] of table) {
    it(`takes ${what} for ${role}`, () => assert.equal(inferRole(given), role));
  }

  it('sees words and codes', () => {
    assert.deepEqual(shapeOf(['a b', 'c  d e f']), { words: 3, codeLike: false });
    assert.ok(shapeOf(['5f3a-77', 'CUST0001', '{9d}-x']).codeLike);
    assert.ok(!shapeOf(['Smith']).codeLike);
  });
});
