import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type ByteSource, bytesOf } from '../../src/base/bytes.ts';
import { TabpodError } from '../../src/core/error.ts';
import { profileSchema } from '../../src/core/profile/schema.ts';
import { profileDataset } from '../../src/data/profile.ts';
import { sha256Of } from '../../src/data/sha256.ts';

const profileText = (content: string | Uint8Array, name = 'data.csv') => profileDataset(bytesOf(name, content));

async function column(content: string, index = 0) {
  const found = (await profileText(content)).columns[index];
  assert.ok(found);
  return found;
}

/** A table of one column beside another that keeps rows from being blank. */
const beside = (values: readonly (string | number)[]) => `x,y\n${values.map((value) => `${value},1`).join('\n')}\n`;

const repeat = (count: number, value: (index: number) => string | number) =>
  Array.from({ length: count }, (_, i) => value(i));

async function refusal(content: string | Uint8Array, name?: string) {
  try {
    await profileText(content, name);
  } catch (error) {
    if (error instanceof TabpodError) return error.code;
    throw error;
  }
  return 'none';
}

function codes(findings: readonly { code: string }[]) {
  return findings.map(({ code }) => code);
}

describe('a first row that names the delimiter', () => {
  for (const [row, delimiter] of [
    ['sep=;', ';'],
    ['\ufeffSEP=|', '|'],
    ['"sep=\t"', '\t'],
    ['sep=,', ','],
    ['\n\nsep=;', ';'],
  ] as const) {
    for (const end of ['\n', '\r\n', '\r']) {
      it(`${JSON.stringify(row + end)} is no header`, async () => {
        const rows = ['a,b', '1;2', '3;4', '5;6'].map((cells) => cells.replace(/[,;]/, delimiter));
        const profile = await profileText([row.replaceAll('\n', end), ...rows].join(end));
        assert.deepEqual([profile.dialect.delimiter, profile.rows], [delimiter, 3]);
        assert.deepEqual(
          profile.columns.map(({ name, min, max }) => [name, min, max]),
          [
            ['a', 1, 5],
            ['b', 2, 6],
          ],
        );
        assert.deepEqual(codes(profile.findings), []);
      });
    }
  }
});

describe('numbers with a sign', () => {
  it('of money or percent are numbers, as long as it is one sign', async () => {
    const [dollars, percent, mixed] = (
      await profileText('a;b;c\n$1,234.50;12%;$5\n-$7;3.5 %;€6\n$8;;7\n'.repeat(3).replaceAll('\na;b;c', ''))
    ).columns;
    assert.deepEqual([dollars?.kind, dollars?.min, dollars?.max], ['number', -7, 1234.5]);
    assert.deepEqual([percent?.kind, percent?.min, percent?.max], ['number', 3.5, 12]);
    assert.equal(mixed?.kind, 'string');
  });
});

describe('profile of penguins.csv', () => {
  const bytes = readFileSync('samples/penguins.csv');

  it('counts what is in the file', async () => {
    const profile = profileSchema.parse(await profileText(bytes, 'penguins.csv'));
    assert.deepEqual(
      profile.columns.map(({ name, kind, role, missing, distinct }) => [name, kind, role, missing, distinct]),
      [
        ['species', 'string', 'category', 0, 3],
        ['island', 'string', 'category', 0, 3],
        ['bill_length_mm', 'number', 'numeric', 2, 164],
        ['bill_depth_mm', 'number', 'numeric', 2, 80],
        ['flipper_length_mm', 'integer', 'numeric', 2, 55],
        ['body_mass_g', 'integer', 'numeric', 2, 94],
        ['sex', 'string', 'category', 11, 2],
        ['year', 'integer', 'numeric', 0, 3],
      ],
    );
    assert.equal(profile.rows, 344);
    assert.deepEqual(codes(profile.findings), ['data/missing-tokens']);
    const { delimiter, encoding, missing } = profile.dialect;
    assert.deepEqual([delimiter, encoding, missing], [',', 'utf-8', ['NA']]);
    const mass = profile.columns[5];
    assert.deepEqual([mass?.min, mass?.max, mass?.mean?.toFixed(2)], [2700, 6300, '4201.75']);
    assert.equal(
      mass?.histogram?.reduce((sum, count) => sum + count),
      342,
    );
    assert.deepEqual(profile.columns[0]?.top[0], { value: 'Adelie', count: 152 });
  });

  it('names the bytes that were read whole, and only those', async () => {
    const source = bytesOf('penguins.csv', bytes);
    const whole = await profileDataset(source);
    assert.deepEqual([whole.exact, whole.bytes, whole.sha256], [true, bytes.length, await sha256Of(source)]);
    const sample = await profileDataset(source, { sampleBytes: 1000 });
    assert.deepEqual([sample.exact, sample.bytes, sample.sha256], [false, bytes.length, undefined]);
    assert.equal(sample.rows, bytes.subarray(0, 1000).toString().split('\n').length - 2);
    assert.deepEqual(codes(sample.findings).at(0), 'data/not-exact');
    const enough = await profileDataset(source, { sampleBytes: bytes.length });
    assert.deepEqual(enough, whole);
  });
});

describe('how a file is written', () => {
  it('sees delimiters', async () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const { dialect, format, columns } = await profileText(['a', 'b\n1', 'x y\n2', 'u\n'].join(delimiter));
      assert.deepEqual([dialect.delimiter, columns.length], [delimiter, 2]);
      assert.equal(format, delimiter === '\t' ? 'tsv' : 'csv');
    }
  });

  it('is not misled by commas in a text column or by decimal commas', async () => {
    assert.equal((await profileText('text\nhello, you\nall, of, us\nnobody\n')).columns.length, 1);
    const { dialect, columns } = await profileText('a;b\n1,5;2,5\n-3,25;4\n');
    assert.deepEqual([dialect.delimiter, dialect.decimal, columns[0]?.min], [';', ',', -3.25]);
  });

  it('sees single quotes only where they enclose cells', async () => {
    const quoted = await profileText("a,b\n'x, y','1'\n'u','2'\n'it''s','3'\n");
    assert.deepEqual(
      [quoted.dialect.quote, quoted.columns[0]?.top.map(({ value }) => value)],
      ["'", ["it's", 'u', 'x, y']],
    );
    const words = await profileText("a,b\n'tis,1\nrock 'n' roll,2\n'twas,3\n");
    assert.deepEqual([words.dialect.quote, words.rows], ['"', 3]);
  });

  it('reads every encoding', async () => {
    const text = 'Größe,Währung\n1.5,€\n2.5,£\n';
    const le = Buffer.from(text, 'utf16le');
    const be = Buffer.from(le).swap16();
    const windows = Buffer.from(text.replace('€', '\x80'), 'latin1');
    const mark = (bytes: number[], rest: Buffer) => Buffer.concat([Buffer.from(bytes), rest]);
    const cases: [string, Uint8Array][] = [
      ['utf-8', Buffer.from(text)],
      ['utf-8', mark([0xef, 0xbb, 0xbf], Buffer.from(text))],
      ['utf-16le', mark([0xff, 0xfe], le)],
      ['utf-16be', mark([0xfe, 0xff], be)],
      ['utf-16le', le],
      ['utf-16be', be],
      ['windows-1252', windows],
    ];
    for (const [encoding, bytes] of cases) {
      const profile = await profileText(bytes);
      assert.equal(profile.dialect.encoding, encoding);
      assert.deepEqual(
        profile.columns.map(({ name, top }) => [name, top.map(({ value }) => value)]),
        [
          ['Größe', ['1.5', '2.5']],
          ['Währung', ['£', '€']],
        ],
      );
    }
  });

  it('falls back to Windows-1252 when the file stops being UTF-8 after the first megabyte', async () => {
    const start = Buffer.from(`a,b\n${'é,1\n'.repeat(300_000)}`);
    const profile = await profileText(Buffer.concat([start, Buffer.from('é,2\n', 'latin1')]));
    assert.deepEqual([profile.dialect.encoding, profile.rows], ['windows-1252', 300_001]);
    assert.ok(codes(profile.findings).includes('data/not-utf8'));
  });

  it('takes a file at its word that says it is UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from(`\ufeffa,b\n${'é,1\n'.repeat(300_000)}`),
      Buffer.from([0xe9, 0x2c, 0x31]),
    ]);
    assert.equal(await refusal(content), 'data/encoding');
  });

  it('reads thousands marks, also when they first show after the first megabyte', async () => {
    const english = await profileText('a,b\n"1,234",x\n"1,234,567.5",y\n');
    assert.deepEqual([english.dialect.thousands, english.columns[0]?.max], [',', 1_234_567.5]);
    const rows = repeat(120_000, (index) => `${index % 20_000}.5;text of row\n`);
    const late = await profileText(`a;b\n${rows.join('')}1'234'567.5;x\n`);
    assert.deepEqual(
      [late.dialect.thousands, late.columns[0]?.kind, late.columns[0]?.max],
      ["'", 'number', 1_234_567.5],
    );
    assert.equal(late.columns[0]?.distinctExact, false);
  });
});

describe('columns', () => {
  it('are whole numbers, numbers, booleans, dates, strings or empty', async () => {
    assert.equal((await column(beside([' 1', '-2 ', '']))).kind, 'integer');
    assert.equal((await column(beside([1, 2.5, 'inf']))).kind, 'number');
    assert.equal((await column(beside(['Yes', 'no', 'NA']))).kind, 'boolean');
    assert.equal((await column(beside([1, 'a']))).kind, 'string');
    assert.equal((await column(beside(['', ' ', 'NA', 'null']))).kind, 'empty');
    const date = await column(beside(['2024-01-31', '2024-02-01', '?']));
    assert.deepEqual([date.kind, date.dateFormat, date.min], ['date', 'ISO8601', Date.UTC(2024, 0, 31)]);
  });

  it('take 0 and 1 for whole numbers of role boolean', async () => {
    const { kind, role } = await column(beside([0, 1, 1]));
    assert.deepEqual([kind, role], ['integer', 'boolean']);
  });

  it('resolve day and month on the data, else say so', async () => {
    const clear = await column(beside(['01/02/2024', '25/02/2024']));
    assert.deepEqual([clear.dateFormat, clear.findings], ['%d/%m/%Y', []]);
    const slash = await column(beside(['01/02/2024', '03/04/2024']));
    assert.deepEqual([slash.dateFormat, codes(slash.findings)], ['%m/%d/%Y', ['data/ambiguous-dates']]);
    const dot = await column(beside(['01.02.2024', '03.04.2024']));
    assert.deepEqual([dot.dateFormat, codes(dot.findings)], ['%d.%m.%Y', ['data/ambiguous-dates']]);
  });

  it('are dates when all eight digits are days, else numbers', async () => {
    assert.equal((await column(beside(['20240131', '20231231']))).dateFormat, '%Y%m%d');
    assert.equal((await column(beside(['20240131', '20231232']))).kind, 'integer');
  });

  it('tell what keeps a column of numbers from being one', async () => {
    const { kind, findings } = await column(beside([...repeat(30, (index) => index), 'seven']));
    assert.equal(kind, 'string');
    assert.deepEqual(findings, [{ code: 'data/mixed', facts: { column: 'x', count: 1, example: 'seven' } }]);
  });

  it('keep a token that is a value elsewhere out of the missing ones', async () => {
    const material = await profileText(beside(['None', 'Brick', 'None', 'Stone']));
    assert.deepEqual([material.dialect.missing, material.columns[0]?.distinct], [[], 3]);
    const height = await profileText(beside(['None', '1.5', '-', '2']));
    assert.deepEqual([height.dialect.missing, height.columns[0]?.missing], [['None', '-'], 2]);
  });

  it('are exact up to 10,000 different values and close to it above', async () => {
    const exact = await column(beside(repeat(20_000, (index) => `v${index % 10_000}`)));
    assert.deepEqual([exact.distinct, exact.distinctExact, exact.topComplete], [10_000, true, false]);
    const estimate = await column(beside(repeat(60_000, (index) => `v${index % 30_000}`)));
    assert.equal(estimate.distinctExact, false);
    assert.ok(Math.abs(estimate.distinct - 30_000) < 900, String(estimate.distinct));
  });

  it('give the same numbers above 10,000 different values', async () => {
    const { kind, min, max, mean, histogram, missing } = await column(
      beside(repeat(40_000, (index) => (index % 4 === 3 ? 'NA' : index / 4))),
    );
    assert.deepEqual([kind, min, max, missing], ['number', 0, 9999.5, 10_000]);
    assert.ok(Math.abs((mean ?? 0) - 4999.75) < 1e-6);
    assert.equal(
      histogram?.reduce((sum, count) => sum + count),
      30_000,
    );
    assert.ok(
      histogram?.every((count) => Math.abs(count - 1500) < 100),
      String(histogram),
    );
  });

  it('list all values up to 1,000, most frequent first, else a few', async () => {
    const all = await column(beside([...repeat(1000, (index) => `v${index}`), 'v7']));
    assert.deepEqual([all.top.length, all.topComplete, all.top[0]], [1000, true, { value: 'v7', count: 2 }]);
    const some = await column(beside([...repeat(1001, (index) => `v${index}`), 'v7']));
    assert.deepEqual([some.top.length, some.topComplete, some.top[0]], [20, false, { value: 'v7', count: 2 }]);
  });

  it('without a choice of values have nothing to teach', async () => {
    const same = await column(beside(['a', '', 'a']));
    assert.deepEqual([same.kind, same.role, codes(same.findings)], ['string', 'constant', ['data/constant']]);
    const none = await column(beside(['', 'NA', ' ']));
    assert.deepEqual([none.kind, none.role, codes(none.findings)], ['empty', 'constant', ['data/all-missing']]);
  });

  it('that number the rows or name them are identifiers', async () => {
    const index = await profileText('"",v\n0,a\n1,b\n2,a\n');
    assert.deepEqual([index.columns[0]?.name, index.columns[0]?.role], ['column_1', 'id']);
    assert.deepEqual(codes(index.columns[0]?.findings ?? []), ['data/id-like']);
    assert.deepEqual(codes(index.findings), ['data/empty-names']);
    const codesColumn = await column(beside(repeat(30, (row) => `CUST-${row}-${row * 7}`)));
    assert.equal(codesColumn.role, 'id');
    const many = await column(beside(repeat(30_000, (row) => `CUST-${row}`)));
    assert.deepEqual([many.role, many.distinctExact], ['id', false]);
  });
});

describe('tables', () => {
  it('leave out rows of another length and say which', async () => {
    const { rows, findings, columns } = await profileText('a,b\n1,2\n3\n4,5\n6,7,8\n\n9,10\n');
    assert.deepEqual([rows, columns[0]?.max], [3, 9]);
    assert.deepEqual(findings, [{ code: 'data/ragged', facts: { rows: 2, columns: 2, row: 2 } }]);
  });

  it('tell of one column, of a missing header, of repeated names', async () => {
    assert.deepEqual(codes((await profileText('a\n1\n2\n')).findings), ['data/one-column']);
    assert.deepEqual(codes((await profileText('5.1,3.5,setosa\n4.9,3.0,setosa\n')).findings), ['data/no-header']);
    assert.deepEqual(codes((await profileText('2019,2020\n4.9,3.0\n')).findings), []);
    const { columns, findings } = await profileText('a,a\n1,2\n');
    assert.deepEqual(
      columns.map(({ name }) => name),
      ['a', 'a_2'],
    );
    assert.deepEqual(codes(findings), ['data/duplicate-names']);
  });

  it('of 10,000 columns stay small', async () => {
    const row = (cell: (index: number) => string | number) => repeat(10_000, cell).join(',');
    const rows = repeat(40, (line) => row((index) => index * line));
    const profile = await profileText(`${row((index) => `c${index}`)}\n${rows.join('\n')}\n`);
    assert.deepEqual([profile.columns.length, profile.rows], [10_000, 40]);
    assert.ok(profile.columns.every(({ top }) => top.length <= 20));
  });

  it('can have names with quotes, line ends and blanks, kept as they are', async () => {
    const { columns } = await profileText('" a ""b""\nc ",d\n1,2\n');
    assert.deepEqual(
      columns.map(({ name }) => name),
      [' a "b"\nc ', 'd'],
    );
  });
});

describe('what is no table', () => {
  it('is refused by name', async () => {
    assert.equal(await refusal(''), 'data/empty');
    assert.equal(await refusal('\ufeff'), 'data/empty');
    assert.equal(await refusal(' \n\n'), 'data/empty');
    assert.equal(await refusal('a,b,c'), 'data/no-rows');
    assert.equal(await refusal('a,b,c\n\n\r\n'), 'data/no-rows');
    assert.equal(await refusal('a,b,c\n1,2,3,4\n1,2,3,4\n'), 'data/all-ragged');
    assert.equal(await refusal('a,b\n1,2\n3,"x\n4,5\n'), 'data/unclosed-quote');
    assert.equal(await refusal('<!DOCTYPE html>\n<html><body>Sign in</body></html>'), 'data/html');
    assert.equal(await refusal('\n <html lang="en">'), 'data/html');
    assert.equal(await refusal(Buffer.from([0x1f, 0x8b, 8, 0])), 'data/damaged');
    assert.equal(await refusal('PAR1\u0015\u0004'), 'data/damaged');
    assert.equal(await refusal(`a,b\n${'1,2\n'.repeat(9)}\0`), 'data/binary');
    assert.equal(await refusal(Buffer.from([0xff, 0xfe, 0x41, 0, 0, 0xd8])), 'data/encoding');
    assert.equal(await refusal(Buffer.from('a,b\n\x81,2\n', 'latin1')), 'data/encoding');
  });

  it('is refused when it shows late', async () => {
    const start = 'a,b\n1,2\n'.repeat(200_000);
    assert.equal(await refusal(`${start}\0`), 'data/binary');
    assert.equal(await refusal(`${start}"${'x'.repeat(2 ** 24)}`), 'data/row-too-long');
    assert.equal(await refusal(','.repeat(100_000)), 'data/too-many-columns');
  });
});

describe('reading', () => {
  const text = `a,b\n${'1,x\n'.repeat(5000)}`;

  /** The text in parts of 100 bytes. */
  const parts: ByteSource = {
    name: 'parts.csv',
    size: undefined,
    async *open(range) {
      const end = Math.min(range?.end ?? text.length, text.length);
      for (let start = 0; start < end; start += 100) yield Buffer.from(text.slice(start, Math.min(end, start + 100)));
    },
  };

  it('tells how far it is', async () => {
    const seen: number[] = [];
    await profileDataset(parts, { onProgress: (read) => seen.push(read) });
    assert.deepEqual([seen[0], seen.at(-1)], [100, text.length]);
  });

  it('ends when asked to', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const reading = profileDataset(parts, { signal: abort.signal, onProgress: () => abort.abort(reason) });
    await assert.rejects(reading, reason);
  });

  it('takes a larger sample when the first holds no row', async () => {
    const wide = `${'column'.repeat(100)},b\n${'v'.repeat(5000)},1\n1,2\n${'3,4\n'.repeat(9000)}`;
    const profile = await profileDataset(bytesOf('wide.csv', wide), { sampleBytes: 50 });
    assert.deepEqual([profile.exact, profile.columns.length], [false, 2]);
    assert.ok(profile.rows >= 1);
  });
});
