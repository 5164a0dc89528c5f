import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extensionOf, formatName, isTableName, tableStem } from '../../src/core/profile/formats.ts';
import { dateText, decimalText, numberText, timestampText, timeText } from '../../src/data/cell-text.ts';

const TABLES: Record<string, string> = {
  'sales.csv': 'sales',
  'Sales.2024.TSV': 'Sales.2024',
  'sales.csv.gz': 'sales',
  'sales.tsv.zst': 'sales',
  'a b.csv.zip': 'a b',
  'sales.parquet': 'sales',
  'sales.xlsx': 'sales',
};

describe('formats of tables', () => {
  it('have endings, single and double', () => {
    for (const [name, stem] of Object.entries(TABLES))
      assert.deepEqual([isTableName(name), tableStem(name)], [true, stem]);
    for (const name of ['sales.xls', 'csv', 'sales.csv.bz2', 'sales.json', '.gitignore']) assert.ok(!isTableName(name));
    assert.deepEqual([tableStem('sales.xls'), tableStem('.hidden'), tableStem('plain')], ['sales', '.hidden', 'plain']);
  });

  it('are offered in the explorer', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
    const [{ when }] = manifest.contributes.menus['explorer/context'];
    const [, pattern = ''] = /resourceFilename =~ \/(.*)\/i /.exec(when) ?? [];
    for (const name of Object.keys(TABLES)) assert.match(name, new RegExp(pattern, 'i'));
    for (const name of ['photos.zip', 'log.gz', 'sales.csv.bak', 'csv'])
      assert.doesNotMatch(name, new RegExp(pattern, 'i'));
  });

  it('name the copy on the volume, and what was read', () => {
    assert.equal(extensionOf({ format: 'tsv', compression: null }), 'tsv');
    assert.equal(extensionOf({ format: 'csv', compression: 'zstd' }), 'csv.zst');
    assert.equal(formatName({ format: 'csv', compression: 'gzip' }), 'CSV in gzip');
    assert.equal(formatName({ format: 'xlsx', compression: null, sheet: 'A' }), 'XLSX, sheet “A”');
  });
});

describe('cells that are no texts', () => {
  it('are written as Python writes them, whole numbers without a point', () => {
    const numbers: [number, string][] = [
      [1, '1'],
      [-0, '0'],
      [0.1, '0.1'],
      [0.0001, '0.0001'],
      [0.00001, '1e-05'],
      [-1.5e-7, '-1.5e-07'],
      [1.25e-100, '1.25e-100'],
      [1e22, '10000000000000000000000'],
      [Number.NaN, ''],
      [Number.NEGATIVE_INFINITY, '-inf'],
    ];
    for (const [value, text] of numbers) assert.equal(numberText(value), text);
  });

  it('lose no digit', () => {
    assert.equal(decimalText(-150n, 2), '-1.5');
    assert.equal(decimalText(-5n, 3), '-0.005');
    assert.equal(decimalText(0n, 2), '0');
    assert.equal(decimalText(12n, -2), '1200');
    assert.equal(decimalText(10n ** 30n + 1n, 10), '100000000000000000000.0000000001');
    assert.equal(dateText(-25_567), '1900-01-01');
    assert.equal(timestampText(-1n), '1969-12-31T23:59:59.999999');
    assert.equal(timestampText(1_700_000_000_000_000n), '2023-11-14T22:13:20');
    assert.equal(timeText(86_399_000_001n), '23:59:59.000001');
  });
});
