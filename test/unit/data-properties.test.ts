import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ByteSource, bytesOf } from '../../src/base/bytes.ts';
import { TabpodError } from '../../src/core/error.ts';
import { strip } from '../../src/core/profile/cells.ts';
import { isToken } from '../../src/core/profile/missing.ts';
import { uniqueNames } from '../../src/core/profile/names.ts';
import type { Profile } from '../../src/core/profile/schema.ts';
import { profileDataset } from '../../src/data/profile.ts';

/** The bytes in parts that end at `cuts`. */
function inParts(bytes: Uint8Array, cuts: readonly number[]): ByteSource {
  return {
    name: 'parts.csv',
    size: undefined,
    async *open(range) {
      const end = Math.min(range?.end ?? bytes.length, bytes.length);
      const places = [...cuts.filter((cut) => cut < end).sort((a, b) => a - b), end];
      let start = 0;
      for (const place of places) {
        yield bytes.subarray(start, place);
        start = place;
      }
    },
  };
}

/** The profile, or the code of the refusal. */
async function outcome(source: ByteSource): Promise<Profile | string> {
  try {
    return await profileDataset(source);
  } catch (error) {
    if (error instanceof TabpodError) return error.code;
    throw error;
  }
}

const letters = fc.string({
  unit: fc.constantFrom('ä', '漢', '😀', 'x', ' ', ',', ';', '"', "'", '\n', '\r\n', '\t', '|'),
});
const cell = fc.oneof(letters, fc.constantFrom('', ' ', 'NA', 'nan', 'word'), fc.integer().map(String));

/** Two columns or more: with one, an empty cell would be a row without a character. */
const table = fc.integer({ min: 2, max: 5 }).chain((width) => {
  const row = fc.array(cell, { minLength: width, maxLength: width });
  return fc.array(row, { minLength: 5, maxLength: 12 });
});

const style = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
});

function write(rows: readonly (readonly string[])[], { delimiter, newline }: { delimiter: string; newline: string }) {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return rows.map((row) => row.map(quoted).join(delimiter) + newline).join('');
}

describe('any table', () => {
  it('profiles back: rows, names, missing and different values', async () => {
    await fc.assert(
      fc.asyncProperty(table, style, async ([header = [], ...rows], how) => {
        const profile = await profileDataset(bytesOf('any.csv', write([header, ...rows], how)));
        assert.equal(profile.rows, rows.length);
        assert.equal(profile.dialect.delimiter, how.delimiter);
        assert.deepEqual(
          profile.columns.map(({ name }) => name),
          uniqueNames(header).names,
        );
        const missing = new Set(['', ...profile.dialect.missing]);
        assert.ok([...profile.dialect.missing].every(isToken));
        profile.columns.forEach((column, index) => {
          const cells = rows.map((row) => strip(row[index] ?? ''));
          const values = cells.filter((text) => !missing.has(text));
          assert.equal(column.missing, cells.length - values.length);
          assert.equal(column.distinct, new Set(values).size);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('profiles the same wherever its bytes are cut', async () => {
    const encoding = fc.constantFrom('utf8' as const, 'utf16le' as const);
    await fc.assert(
      fc.asyncProperty(table, style, encoding, fc.array(fc.nat(400)), async (rows, how, encoded, cuts) => {
        const bytes = Buffer.from(`\ufeff${write(rows, how)}`, encoded);
        assert.deepEqual(await outcome(inParts(bytes, cuts)), await outcome(inParts(bytes, [])));
      }),
      { numRuns: 200 },
    );
  });
});

describe('any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ min: 32, max: 255, maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...'ab1.,;"\'\n\r\t |é-'), maxLength: 300 }).map((text) => Buffer.from(text)),
  );

  it('give a profile or a refusal with a sentence, the same wherever they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat(300)), async (content, cuts) => {
        assert.deepEqual(await outcome(inParts(content, cuts)), await outcome(bytesOf('parts.csv', content)));
      }),
      { numRuns: 1000 },
    );
  });
});
