import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Tokenizer } from '../../src/data/tokenizer.ts';

/** All rows of a text, and what is left over. */
function rowsOf(text: string, { delimiter = ',', quote = '"', last = true } = {}) {
  const rows: string[][] = [];
  const end = new Tokenizer(delimiter, quote).read(text, last, (cells) => rows.push([...cells]));
  return { rows, rest: text.slice(end) };
}

describe('tokenizer', () => {
  it('cuts rows at every kind of line end, mixed too, and skips rows without a character', () => {
    assert.deepEqual(rowsOf('\n\r\na,b\r\n1,2\n3,4\r\r\n5,6').rows, [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ]);
  });

  it('keeps blank cells and rows of blanks', () => {
    assert.deepEqual(rowsOf(',\n  \n,,x,').rows, [['', ''], ['  '], ['', '', 'x', '']]);
  });

  it('reads quoted cells with delimiters, line ends and doubled quotes', () => {
    assert.deepEqual(rowsOf('"a,b","c\r\nd","e ""f"""\n"",x').rows, [
      ['a,b', 'c\r\nd', 'e "f"'],
      ['', 'x'],
    ]);
  });

  it('takes a quote inside a cell as it is, and what follows a closed one as part of the cell', () => {
    assert.deepEqual(rowsOf('5" pipe,"Smith" John\n "x",y"\n').rows, [
      ['5" pipe', 'Smith John'],
      [' "x"', 'y"'],
    ]);
  });

  it('reads other delimiters and quotes', () => {
    assert.deepEqual(rowsOf('\'a;b\';"c"', { delimiter: ';', quote: "'" }).rows, [['a;b', '"c"']]);
  });

  it('leaves a row that is not complete', () => {
    assert.deepEqual(rowsOf('a,b\n1,"2', { last: false }), { rows: [['a', 'b']], rest: '1,"2' });
    assert.deepEqual(rowsOf('a,b\n1,"2"', { last: false }), { rows: [['a', 'b']], rest: '1,"2"' });
    assert.deepEqual(rowsOf('a,b\n1,2\r', { last: false }), { rows: [['a', 'b']], rest: '1,2\r' });
    assert.deepEqual(rowsOf('a,b\n1,"2', { last: true }), { rows: [['a', 'b']], rest: '1,"2' });
  });

  it('reads the same rows wherever the text is cut', () => {
    const text = fc.stringMatching(/^[a",;\r\n ]{0,60}$/);
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const rows: string[][] = [];
        const tokenizer = new Tokenizer(',', '"');
        let rest = '';
        places.slice(1).forEach((end, index) => {
          rest += whole.slice(places[index], end);
          const last = index === places.length - 2;
          rest = rest.slice(tokenizer.read(rest, last, (cells) => rows.push([...cells])));
        });
        assert.deepEqual({ rows, rest }, rowsOf(whole));
      }),
      { numRuns: 1000 },
    );
  });
});
