import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { bytesOf } from '../../src/base/bytes.ts';
import { profileDataset } from '../../src/data/profile.ts';
import { Tokenizer } from '../../src/data/tokenizer.ts';

const PYTHON = resolve('.cache/venv/bin/python');
const SCRIPT = resolve('test/fixtures/data/read_as_profiled.py');

/** Gives all tasks to one Python process and returns an answer for each. */
function ask(tasks: readonly { content: Uint8Array; dialect: object; columns?: unknown }[]): unknown[] {
  const lines = tasks.map((task) => JSON.stringify({ ...task, content: Buffer.from(task.content).toString('base64') }));
  const output = execFileSync(PYTHON, [SCRIPT], { input: lines.join('\n'), encoding: 'utf8', maxBuffer: 2 ** 26 });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const windows = (text: string) => Buffer.from(text, 'latin1');

/** Tables as people have them. */
const TABLES: Record<string, Uint8Array> = {
  'penguins.csv': readFileSync('samples/penguins.csv'),
  'german.csv': windows(
    'Stra\xdfe;Preis;Datum;Fl\xe4che\r\nM\xfcllerweg;1.234,50;01.02.2024;80,5\r\nAm Tor;-;28.02.2024;\r\nAm Tor;99,9;15.3.2023;7\r\n',
  ),
  'swiss.tsv': Buffer.from(
    '\ufeffname\tsum\tday\nZ\tü\n"a\tb"\t1\'234.5\t2024-01-31 10:00\nÄ\t7\t2024-02-01\n',
    'utf16le',
  ),
  'plain.csv': Buffer.from('\ufeffa,b\n1,x\n 2 ,"y\n""z"""\n\n3\n4,5,6\n-.5e3,NULL\n'),
  'dates.csv': Buffer.from(
    'd,e,f\n31/12/2023 23:59,20240131,2024-01-01T10:00:00Z\n1/2/2024 1:05,20231231,2024-01-01\n',
  ),
  'american.csv': Buffer.from('when|value|by\n"Mar 5, 2024"|"1,234"|x\n"May 12, 2023"|12|?\n|3.5|y\n'),
  'quotes.csv': Buffer.from("a,b\n'x, y','1'\n'u','2'\n'it''s','30'\n"),
};

const answerSchema = z.object({
  header: z.array(z.string()),
  rows: z.number(),
  columns: z.array(
    z.object({ missing: z.number(), distinct: z.number(), min: z.optional(z.number()), max: z.optional(z.number()) }),
  ),
});

describe('pyarrow reads what was profiled', () => {
  it('of tables as people have them', async () => {
    const profiles = await Promise.all(
      Object.entries(TABLES).map(([name, content]) => profileDataset(bytesOf(name, content))),
    );
    const contents = Object.values(TABLES);
    const answers = ask(
      profiles.map(({ dialect, columns }, index) => ({
        content: contents[index] ?? Buffer.alloc(0),
        dialect,
        columns,
      })),
    );
    profiles.forEach(({ name, columns, rows }, index) => {
      const expected = {
        header: columns.map((column) => column.name),
        rows,
        columns: columns.map(({ missing, distinct, min, max }) => ({
          ...{ missing, distinct },
          ...(min !== undefined && max !== undefined && { min, max }),
        })),
      };
      assert.deepEqual(answerSchema.parse(answers[index]), expected, name);
    });
    const kinds = profiles.map(({ columns }) => columns.map(({ kind }) => kind).join(' '));
    assert.deepEqual(kinds.slice(1), [
      'string number date number',
      'string number date',
      'number string',
      'date date date',
      'date number string',
      'string integer',
    ]);
  });

  it('cell by cell, however broken the quotes and line ends are', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', ' ', '"', '"', ',', ',', '\n', '\r', '\r\n', ';'),
      minLength: 12,
      maxLength: 60,
    });
    const texts = fc
      .sample(text, 2000)
      .map((content) => ({ content, ...rowsOf(content) }))
      .filter(({ rows, closed }) => rows.length > 1 && closed);
    assert.ok(texts.length > 500);
    const answers = ask(
      texts.map(({ content }) => ({ content: Buffer.from(content), dialect: { delimiter: ',', quote: '"' } })),
    );
    texts.forEach(({ content, rows }, index) => {
      const same = rows.filter((row) => row.length === rows[0]?.length);
      assert.deepEqual(answers[index], { cells: same }, JSON.stringify(content));
    });
  });
});

/** The rows of a text; `closed` tells whether no quotation mark is left open at its end. */
function rowsOf(text: string) {
  const rows: string[][] = [];
  const end = new Tokenizer(',', '"').read(text, true, (cells) => rows.push([...cells]));
  return { rows, closed: end === text.length };
}
