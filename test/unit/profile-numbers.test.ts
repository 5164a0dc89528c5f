import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseNumberFormat, formatsOf, NUMBER_FORMATS, numberReader } from '../../src/core/profile/numbers.ts';

const plain = numberReader({ decimal: '.', thousands: null });
const english = numberReader({ decimal: '.', thousands: ',' });
const german = numberReader({ decimal: ',', thousands: '.' });
const swiss = numberReader({ decimal: '.', thousands: "'" });
const french = numberReader({ decimal: ',', thousands: ' ' });

describe('numbers in cells', () => {
  it('reads each format', () => {
    assert.equal(plain.parse('-1.5e3'), -1500);
    assert.equal(plain.parse('.5'), 0.5);
    assert.equal(plain.parse('+7.'), 7);
    assert.equal(english.parse('1,234,567.5'), 1_234_567.5);
    assert.equal(german.parse('1.234,5'), 1234.5);
    assert.equal(german.parse('1234,5'), 1234.5);
    assert.equal(swiss.parse("1'234.5"), 1234.5);
    assert.equal(french.parse('1 234,5'), 1234.5);
  });

  it('reads past signs of money and percent, and hard spaces', () => {
    for (const text of ['$1,234.5', '$ 1,234.5', '1,234.5 €', '1,234.5%', '+£1,234.5', '¥+1,234.5', '1,234.5\u00a0%']) {
      assert.equal(english.parse(text), 1234.5, text);
    }
    assert.equal(plain.parse('-$5'), -5);
    assert.equal(french.parse('1\u202f234,5\u00a0€'), 1234.5);
    assert.ok(english.isInteger('$1,234') && !english.isInteger('$1.5'));
    for (const text of ['$', '%', '$$5', '$5%', '5%%', '%5', '$ -', '-$-5', '$5 $', 'USD 5', '5 %%']) {
      assert.ok(Number.isNaN(plain.parse(text)), text);
    }
  });

  it('takes infinity for a number, but no other word', () => {
    assert.equal(plain.parse('-Infinity'), Number.NEGATIVE_INFINITY);
    assert.equal(plain.parse('inf'), Number.POSITIVE_INFINITY);
    for (const text of [
      '',
      'nan',
      'info',
      '-',
      '.',
      '+',
      'e5',
      '1e',
      '0x10',
      '1_000',
      '1 2',
      '--1',
      '1.2.3',
      '12,34',
    ]) {
      assert.ok(Number.isNaN(plain.parse(text)), text);
    }
  });

  it('accepts thousands marks only between groups of three', () => {
    for (const text of ['1,23', '1234,567', ',123', '1,,234']) assert.ok(Number.isNaN(english.parse(text)), text);
  });

  it('tells whole numbers from others', () => {
    assert.ok(english.isInteger('-1,234'));
    assert.ok(!english.isInteger('1.0'));
    assert.ok(!plain.isInteger('1e3'));
  });

  it('finds all formats of a text: exactly the ones whose reader takes it', () => {
    const text = fc.stringMatching(/^[+-]?[$€]?[0-9.,' e]{1,9}[%€ ]?$/);
    fc.assert(
      fc.property(text, (cell) => {
        const expected = NUMBER_FORMATS.reduce(
          (mask, format, bit) => (Number.isNaN(numberReader(format).parse(cell)) ? mask : mask | (1 << bit)),
          0,
        );
        assert.equal(formatsOf(cell), expected);
      }),
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        // `String` does not write the sign of zero.
        const value = double === 0 ? 0 : double;
        assert.equal(plain.parse(String(value)), value);
        assert.equal(numberReader({ decimal: ',', thousands: null }).parse(String(value).replace('.', ',')), value);
      }),
    );
  });

  it('chooses the format of most columns, the simplest among equals', () => {
    const masks = (...cells: string[]) => cells.map(formatsOf);
    assert.deepEqual(chooseNumberFormat(masks('1', '2.5', 'x'), ','), { decimal: '.', thousands: null });
    assert.deepEqual(chooseNumberFormat(masks('12,5', '3'), ';'), { decimal: ',', thousands: null });
    assert.deepEqual(chooseNumberFormat(masks('12,5', '1.234.567'), ';'), { decimal: ',', thousands: '.' });
    assert.deepEqual(chooseNumberFormat([], ','), { decimal: '.', thousands: null });
  });

  it('reads a lone 1,234 as a thousand beside commas and as a fraction beside semicolons', () => {
    assert.deepEqual(chooseNumberFormat([formatsOf('1,234')], ','), { decimal: '.', thousands: ',' });
    assert.deepEqual(chooseNumberFormat([formatsOf('1,234')], ';'), { decimal: ',', thousands: null });
  });
});
