import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOf } from '../../src/base/bytes.ts';
import { explain } from '../../src/core/error.ts';
import type { Profile } from '../../src/core/profile/schema.ts';
import { kindOfFormat, serialText } from '../../src/data/excel-dates.ts';
import { profileDataset } from '../../src/data/profile.ts';
import { refusal } from './refusal.ts';
import { number, type Parts, RELATIONS, row, text, workbook } from './workbook-writer.ts';

const profileBook = (parts: Parts, name = 'book.xlsx') => profileDataset(bytesOf(name, workbook(parts)));
const tops = ({ columns }: Profile) => columns.map(({ top }) => top.map(({ value }) => value).sort());

describe('the first sheet of a workbook', () => {
  it('is read cell by cell', async () => {
    const profile = await profileBook({
      strings:
        '<si><t>name</t></si><si><t xml:space="preserve"> x </t></si><si><r><t>ri</t></r><r><rPr/><t>ch</t></r><rPh><t>aid</t></rPh></si><si/>',
      rows: [
        row(),
        row('<c t="s"><v>0</v></c>', text('number'), text('logic'), text('formula'), text('error')),
        row('<c t="s"><v>1</v></c>', number('0.10000000000000001'), '<c t="b"><v>1</v></c>'),
        '<row r="7"><c r="A7" t="s"><v>2</v></c><c r="C7" t="b"><v>0</v></c><c r="D7" t="str"><f>A1&amp;"x"</f><v>namex</v></c><c r="E7" t="e"><v>#DIV/0!</v></c></row>',
        row('<c t="s"><v>3</v></c>', number('1E+22'), '<c/>', '<c><f>1+1</f><v>2</v></c>', '<c t="e"><v>#N/A</v></c>'),
        '<row r="9" s="1"><c r="A9" s="2"/></row>',
      ].join(''),
    });
    assert.deepEqual([profile.format, profile.compression, profile.sheet], ['xlsx', null, 'Säles & more']);
    assert.deepEqual([profile.rows, profile.exact, profile.dialect.missing], [3, true, ['#N/A']]);
    assert.deepEqual(
      profile.columns.map(({ name, missing }) => [name, missing]),
      [
        ['name', 1],
        ['number', 1],
        ['logic', 1],
        ['formula', 1],
        ['error', 3],
      ],
    );
    assert.deepEqual(tops(profile), [
      ['rich', 'x'],
      ['0.1', '10000000000000000000000'],
      ['false', 'true'],
      ['2', 'namex'],
      [],
    ]);
  });

  it('has dates where its number formats say so, in both systems', async () => {
    const rows = [
      row(...['date', 'moment', 'time', 'duration', 'price', 'built in'].map(text)),
      row(number(45322, 1), number(45322.75, 2), number(0.75, 3), number(1.5, 4), number(45322, 5), number(60000, 6)),
    ].join('');
    assert.deepEqual(tops(await profileBook({ rows })), [
      ['2024-01-31'],
      ['2024-01-31T18:00:00'],
      ['18:00:00'],
      ['1.5'],
      ['45322'],
      ['2064-04-08'],
    ]);
    const mac = await profileBook({ rows, properties: '<workbookPr date1904="1"/>' });
    assert.deepEqual(tops(mac).slice(0, 3), [['2028-02-01'], ['2028-02-01T18:00:00'], ['18:00:00']]);
    assert.equal(mac.columns[0]?.kind, 'date');
  });

  it('is the first with cells, wherever it lies', async () => {
    const chart = `<Relationship Id="rId0" Type="${RELATIONS}/chartsheet" Target="chartsheets/sheet1.xml"/>`;
    const sheets = '<sheet name="Chart" r:id="rId0"/><sheet name="Table" r:id="rId1"/>';
    const profile = await profileBook({ rows: row(text('a')) + row(number(1)), sheets, relations: chart });
    assert.equal(profile.sheet, 'Table');
    const none = await refusal(
      profileBook({ rows: '', sheets: '<sheet name="Chart" r:id="rId0"/>', relations: chart }),
    );
    assert.equal(none.code, 'data/no-sheet');
  });

  it('is refused when it is empty, or a header alone', async () => {
    assert.equal((await refusal(profileBook({ rows: '' }))).code, 'data/empty');
    assert.equal((await refusal(profileBook({ rows: row('<c s="1"/>') }))).code, 'data/empty');
    assert.equal((await refusal(profileBook({ rows: row(text('a')) }))).code, 'data/no-rows');
  });

  it('pads short rows, leaves out long ones, and numbers columns without a name', async () => {
    const rows = [
      '<row><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>',
      row(number(1)),
      row(number(2), number(3), number(4)),
      row('', '<c r="B4"><v>5</v></c>', '<c r="C4"/>'),
    ].join('');
    const profile = await profileBook({ rows });
    assert.deepEqual(
      profile.columns.map(({ name }) => name),
      ['column_1', 'b'],
    );
    assert.deepEqual([profile.rows, tops(profile)], [2, [['1'], ['5']]]);
    assert.equal(profile.findings.find(({ code }) => code === 'data/ragged')?.facts.rows, 1);
  });

  it('is read from its beginning when a sample is enough', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => row(number(index), text('x')));
    const rows = row(text('n'), text('x')) + many.join('');
    const sample = await profileDataset(bytesOf('book.xlsx', workbook({ rows })), { sampleBytes: 50_000 });
    assert.deepEqual([sample.exact, sample.sha256, sample.format], [false, undefined, 'xlsx']);
    assert.ok(sample.rows > 100 && sample.rows < 20_000);
    const little = await profileDataset(bytesOf('book.xlsx', workbook({ rows })), { sampleBytes: 4 });
    assert.ok(little.rows > 0);
  });

  it('is told from its bytes, whatever its name', async () => {
    const profile = await profileBook({ rows: row(text('a')) + row(number(1)) }, 'book.csv');
    assert.equal(profile.format, 'xlsx');
  });

  it('is refused by name when it is damaged', async () => {
    const good = workbook({ rows: row(text('a')) + row(number(1)) });
    const cases: [string, Uint8Array][] = [
      ['cut', good.subarray(0, good.length - 30)],
      ['half', good.subarray(0, good.length / 2)],
      ['xml', workbook({ rows: '<row><c></row>' })],
      ['string', workbook({ rows: row('<c t="s"><v>7</v></c>') })],
      ['place', workbook({ rows: '<row><c r="ZZZZZZZ1"><v>1</v></c></row>' })],
      ['checksum', damagedAt(good, 'xl/worksheets/sheet1.xml')],
    ];
    for (const [name, bytes] of cases) {
      const error = await refusal(profileDataset(bytesOf(`${name}.xlsx`, bytes)));
      assert.equal(error.code, 'data/damaged', name);
      assert.ok(explain(error).includes(`${name}.xlsx`), explain(error));
    }
  });

  it('sees the cells that a CSV would hold', async () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter(isXml);
    const value = fc.string({ unit: 'grapheme', maxLength: 12 }).filter(isXml);
    const cell = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), value);
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.tuple(
          fc.array(name, { minLength: width, maxLength: width }),
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(table, async ([header, rows]) => {
        fc.pre(rows.some((cells) => cells.some((content) => content !== '')));
        const xml = (content: string | number | boolean) => {
          if (content === '') return '<c/>';
          if (typeof content === 'number') return number(String(content));
          return typeof content === 'boolean' ? `<c t="b"><v>${Number(content)}</v></c>` : text(content);
        };
        const profile = await profileBook({ rows: [header, ...rows].map((cells) => row(...cells.map(xml))).join('') });
        const written = rows.filter((cells) => cells.some((content) => content !== ''));
        assert.equal(profile.rows, written.length);
        const missing = new Set(['', ...profile.dialect.missing]);
        profile.columns.forEach(({ missing: count, distinct }, index) => {
          const texts = written.map((cells) => expected(cells[index] ?? ''));
          const there = texts.filter((content) => !missing.has(content));
          assert.deepEqual([count, distinct], [texts.length - there.length, new Set(there).size]);
        });
      }),
      { numRuns: 60 },
    );
  }).timeout(20_000);
});

function expected(content: string | number | boolean): string {
  if (typeof content !== 'number') return String(content).trim();
  return Number.isInteger(content) ? String(BigInt(content)) : String(content);
}

/** The same archive with other bytes in the middle of a member. */
function damagedAt(archive: Uint8Array, member: string): Uint8Array {
  const bytes = Buffer.from(archive);
  const start = bytes.indexOf(member) + member.length;
  return bytes.fill(0xff, start + 60, start + 64);
}

/** Whether XML can hold a text as it is. */
function isXml(content: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML excludes.
  return !/[\0-\x08\x0b\x0c\x0e-\x1f\p{Cs}\ufffe\uffff]/u.test(content);
}

describe('dates of Excel', () => {
  it('follow the calendar, but for the day that never was', () => {
    const cases: [number, string][] = [
      [1, '1900-01-01'],
      [59, '1900-02-28'],
      [61, '1900-03-01'],
      [45322, '2024-01-31'],
      [2_958_465, '9999-12-31'],
      [2_958_466, '2958466'],
      [-1, '-1'],
    ];
    for (const [serial, date] of cases) assert.equal(serialText(serial, 'date', false), date);
    assert.equal(serialText(0, 'date', true), '1904-01-01');
    assert.equal(serialText(45322 + 1 / 86_400, 'timestamp', false), '2024-01-31T00:00:01');
    assert.equal(serialText(45322, 'timestamp', false), '2024-01-31T00:00:00');
    assert.equal(serialText(0.5000058, 'timestamp', false), '12:00:00.501000');
    assert.equal(serialText(45321.999999999, 'timestamp', false), '2024-01-31T00:00:00');
  });

  it('are told from numbers by the letters of a format', () => {
    const cases: Record<string, string> = {
      General: 'number',
      '0.00E+00': 'number',
      '#,##0 "sold yesterday"': 'number',
      '[Red]0;[Blue]-0': 'number',
      '[$-409]mmmm d, yyyy;@': 'date',
      '[$€-407] #,##0': 'number',
      'mm:ss.0': 'timestamp',
      '[mm]:ss': 'number',
      'dd\\.mm\\.yyyy\\ hh:mm': 'timestamp',
      '_-* #,##0_d_h': 'number',
    };
    for (const [code, kind] of Object.entries(cases)) assert.equal(kindOfFormat(code), kind, code);
  });
});
