import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DATE_FORMATS, mayBeDate, swapped } from '../../src/core/profile/dates.ts';

function fits(text: string): string[] {
  return DATE_FORMATS.filter(({ parse }) => parse(text) !== undefined).map(({ format }) => format);
}

function read(format: string, text: string): string | undefined {
  const time = DATE_FORMATS.find((date) => date.format === format)?.parse(text);
  return time === undefined ? undefined : new Date(time).toISOString();
}

describe('dates in cells', () => {
  it('knows each way to write a date', () => {
    const cases: [string, string, string][] = [
      ['ISO8601', '2024-02-29', '2024-02-29T00:00:00.000Z'],
      ['ISO8601', '2024-02-29 23:59:58.123456', '2024-02-29T23:59:58.123Z'],
      ['ISO8601', '2024-02-29T01:30+02:00', '2024-02-28T23:30:00.000Z'],
      ['ISO8601', '2024-02-29T01:30:00Z', '2024-02-29T01:30:00.000Z'],
      ['%Y%m%d', '20240229', '2024-02-29T00:00:00.000Z'],
      ['%Y-%m', '2024-02', '2024-02-01T00:00:00.000Z'],
      ['%d.%m.%Y', '1.2.2024', '2024-02-01T00:00:00.000Z'],
      ['%d/%m/%Y %H:%M', '31/12/2024 07:05', '2024-12-31T07:05:00.000Z'],
      ['%m/%d/%Y %I:%M %p', '12/31/2024 12:05 am', '2024-12-31T00:05:00.000Z'],
      ['%m/%d/%y', '12/31/68', '2068-12-31T00:00:00.000Z'],
      ['%m/%d/%y', '12/31/69', '1969-12-31T00:00:00.000Z'],
      ['%d-%b-%Y', '05-Mar-2024', '2024-03-05T00:00:00.000Z'],
      ['%B %d, %Y', 'September 5, 2024', '2024-09-05T00:00:00.000Z'],
    ];
    for (const [format, text, expected] of cases) {
      assert.equal(read(format, text), expected, `${format} ${text}`);
      assert.ok(mayBeDate(text), text);
    }
  });

  it('refuses days and times that do not exist', () => {
    const none = ['2023-02-29', '2024-13-01', '31.4.2024', '20241301', '18991231', '2024-01-01 24:00', 'May', '1.2'];
    for (const text of none) assert.deepEqual(fits(text), [], text);
    assert.equal(read('%m/%d/%Y %I:%M %p', '12/31/2024 13:05 PM'), undefined);
  });

  it('says a quick no to numbers and most words', () => {
    for (const text of ['0.123456', '1234567', '123456789', 'augustus', 'x'.repeat(99)])
      assert.ok(!mayBeDate(text), text);
  });

  it('puts day first but for slashes', () => {
    assert.deepEqual(fits('01.02.2024'), ['%d.%m.%Y', '%m.%d.%Y']);
    assert.deepEqual(fits('01/02/2024'), ['%m/%d/%Y', '%d/%m/%Y']);
    assert.deepEqual(fits('13/02/2024'), ['%d/%m/%Y']);
  });

  it('exchanges day and month of a format', () => {
    assert.equal(swapped('%d/%m/%Y %H:%M'), '%m/%d/%Y %H:%M');
    assert.equal(swapped('%d %B %Y'), undefined);
  });

  it('reads back every day as it was written', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString();
        assert.equal(read('ISO8601', iso), iso);
        const [year, month, dayOfMonth] = iso.slice(0, 10).split('-');
        assert.equal(read('%d.%m.%Y', `${dayOfMonth}.${month}.${year}`)?.slice(0, 10), iso.slice(0, 10));
      }),
    );
  });
});
