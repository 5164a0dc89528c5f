import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { canonical } from '../../src/core/plan/classes.ts';
import { NUMBER_FORMATS, numberReader } from '../../src/core/profile/numbers.ts';
import { scriptConfig } from '../../src/core/script/config.ts';
import { pyLiteral } from '../../src/core/script/literal.ts';
import { isPrintable } from '../../src/core/script/printable.ts';
import { render } from '../../src/core/script/render.ts';
import { nasty, planned, value } from './hostile.ts';

const BIN = join(process.cwd(), '.cache', 'venv', process.platform === 'win32' ? 'Scripts' : 'bin');

/** Where JSON has one kind of number and no −0, what Python is told to expect says it in words. */
function expected(given: unknown): unknown {
  if (typeof given === 'number') return { number: Object.is(given, -0) ? '-0.0' : String(given) };
  if (Array.isArray(given)) return given.map(expected);
  if (typeof given !== 'object' || given === null) return given;
  return { entries: Object.entries(given).map(([key, item]) => [key, expected(item)]) };
}

/** Reads `[source, expected]` pairs; each source must hold one CONFIG that Python reads back as expected. */
const CHECK = `
import ast, json, sys

def same(found, told):
    if isinstance(told, dict) and "number" in told:
        number = ast.literal_eval(told["number"])
        return type(found) is type(number) and repr(found) == repr(number)
    if isinstance(told, dict):
        pairs = told["entries"]
        return (type(found) is dict and [key for key in found] == [key for key, _ in pairs]
                and all(same(found[key], item) for key, item in pairs))
    if isinstance(told, list):
        return type(found) is list and len(found) == len(told) and all(map(same, found, told))
    return type(found) is type(told) and found == told

for number, (source, told) in enumerate(json.load(sys.stdin)):
    tree = ast.parse(source)
    configs = [node.value for node in ast.walk(tree) if isinstance(node, ast.AnnAssign | ast.Assign)
               and ast.unparse(node).startswith("CONFIG")]
    if len(configs) != 1 or not same(ast.literal_eval(configs[0]), told):
        sys.exit(f"case {number} does not come back:\\n{source[:2000]}\\n{told!r}"[:4000])
`;

/** Runs the `canonical` of a script over texts, by itself: the rest of the script would import its libraries. */
const CANONICAL = `
import ast, json, re, sys
from typing import Any

source, texts = json.load(sys.stdin)
named = lambda node: getattr(node, "name", None) or getattr((getattr(node, "targets", None) or [None])[0], "id", None)
wanted = {"canonical", "WHOLE_NUMBER", "DECIMAL_NUMBER"}
exec(compile(ast.Module([node for node in ast.parse(source).body if named(node) in wanted], []), "script", "exec"))
json.dump([canonical(text, frozenset()) for text in texts], sys.stdout)
`;

/** Runs the `parse_numbers` of a script over texts, once for each format. */
const NUMBERS = `
import ast, contextlib, json, re, sys
from collections.abc import Mapping
from typing import Any
import pyarrow as pa
import pyarrow.compute as pc

source, formats, texts = json.load(sys.stdin)
named = lambda node: getattr(node, "name", None) or getattr((getattr(node, "targets", None) or [None])[0], "id", None)
wanted = {"parse_numbers", "SIGNED", "HARD_SPACE"}
exec(compile(ast.Module([node for node in ast.parse(source).body if named(node) in wanted], []), "script", "exec"))
column = pa.chunked_array([texts])
json.dump([parse_numbers(column, {**format, "missing": []}).to_pylist() for format in formats], sys.stdout)
`;

/** Reads a script; its temperature for few rows of three classes that the model is right about, and for wrong ones too. */
const TEMPERATURE = `
import ast, json, sys
import numpy as np

wanted = {"probabilities", "find_temperature"}
exec(compile(ast.Module([node for node in ast.parse(sys.stdin.read()).body if getattr(node, "name", None) in wanted], []), "script", "exec"))
truth = np.arange(120) % 3
right = np.where(np.arange(3) == truth[:, None], 0.98, 0.01)
wrong = np.where(np.arange(3) == (truth[:, None] + (np.arange(120) < 30)[:, None]) % 3, 0.98, 0.01)
json.dump([find_temperature(truth, right), find_temperature(truth, wrong)], sys.stdout)
`;

function readBack(cases: readonly (readonly [source: string, value: unknown])[]): void {
  const input = JSON.stringify(cases.map(([source, told]) => [source, expected(told)]));
  execFileSync(join(BIN, 'python'), ['-I', '-c', CHECK], { input, stdio: ['pipe', 'ignore', 'pipe'] });
}

const inDict = (given: unknown) => assignment({ given });

const assignment = (given: unknown) => `CONFIG = ${pyLiteral(given)}\n`;

/** Runs ruff over a folder with the options of this project; throws with what it says. */
function ruff(folder: string, args: readonly string[]): void {
  const { status, stdout } = spawnSync(join(BIN, 'ruff'), [...args, '--config', 'ruff.toml', '--no-cache', folder], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout.slice(0, 3000));
}

function withFiles(texts: readonly string[], work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'tabpod-ruff-'));
  try {
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `script_${index}.py`), text);
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counterexamples are made smaller for a minute at most: each try starts a process. */
const LIMIT = { interruptAfterTimeLimit: 60_000 };

const values = (count: number) => fc.array(value, { minLength: count, maxLength: count });
const plans = (count: number) => fc.array(planned, { minLength: count, maxLength: count });

describe('scripts from hostile input', () => {
  it('read back every value as it was', () => {
    const property = fc.property(values(200), (batch) => readBack(batch.map((given) => [assignment(given), given])));
    fc.assert(property, { ...LIMIT, numRuns: 25 });
  });

  it('parse and hold the plan', () => {
    const property = fc.property(plans(10), (batch) =>
      readBack(batch.map((plan) => [render(plan), scriptConfig(plan)])),
    );
    fc.assert(property, { ...LIMIT, numRuns: 8 });
  });

  it('know classes by the same names as plans', () => {
    const [plan] = fc.sample(planned, 1);
    assert.ok(plan);
    const source = render(plan);
    const blank = fc.constantFrom(
      '',
      ' ',
      '\t',
      '\n',
      '\x1c',
      '\x85',
      '\xa0',
      '\u2003',
      '\u2028',
      '\u3000',
      '\ufeff',
      '\u200b',
    );
    const word = fc.oneof(
      nasty,
      fc.constantFrom('TRUE', 'False', 'tRue', '01', '1.', '.5', '+1', '-0', '1e5', '1,5', '१', '²'),
      fc
        .tuple(fc.constantFrom('', '+', '-', '--'), fc.nat(), fc.constantFrom('', '.', '.0', '.00', '.10', '.05'))
        .map((all) => all.join('')),
    );
    const cell = fc.tuple(blank, word, blank).map((all) => all.join(''));
    const property = fc.property(fc.array(cell, { minLength: 500, maxLength: 500 }), (cells) => {
      const input = JSON.stringify([source, cells]);
      const output = execFileSync(join(BIN, 'python'), ['-I', '-c', CANONICAL], { input, encoding: 'utf8' });
      assert.deepEqual(cells.map(canonical), JSON.parse(output));
    });
    fc.assert(property, { ...LIMIT, numRuns: 5 });
  });

  it('read numbers as the profile does, with signs of money and percent too', () => {
    const source = render(fc.sample(planned, 1)[0] ?? assert.fail());
    const sign = fc.constantFrom('', '', '$', '€', '%', '$ ', ' €', '\u00a0%', '+', '-', '-$', '$-', ' ');
    const digits = fc.stringMatching(/^[0-9]{1,4}([., '\u202f][0-9]{1,4}){0,3}(e-?[0-9])?$/);
    const cell = fc.tuple(sign, digits, sign).map((parts) => parts.join('').trim());
    const property = fc.property(fc.array(cell, { minLength: 300, maxLength: 300 }), (cells) => {
      const input = JSON.stringify([source, NUMBER_FORMATS, cells]);
      const output = execFileSync(join(BIN, 'python'), ['-I', '-c', NUMBERS], { input, encoding: 'utf8' });
      const told = NUMBER_FORMATS.map((format) => cells.map((text) => numberReader(format).parse(text)));
      assert.deepEqual(
        told.map((column) => column.map((number) => (Number.isNaN(number) ? null : number))),
        JSON.parse(output),
      );
    });
    fc.assert(property, { ...LIMIT, numRuns: 5 });
  });

  it('are not made sure by few rows without an error', () => {
    const plan = fc.sample(planned, 1)[0];
    assert.ok(plan);
    const output = execFileSync(join(BIN, 'python'), ['-I', '-c', TEMPERATURE], {
      input: render({ ...plan, family: 'lightgbm', task: 'multiclass_classification' }),
      encoding: 'utf8',
    });
    const [flawless, flawed] = JSON.parse(output);
    assert.ok(flawless >= 1, `sharpened: ${flawless}`);
    assert.ok(flawed > 1.5, `still too sure: ${flawed}`);
  });

  it('escape all that this Python does not call printable', () => {
    const program = 'import json; print(json.dumps([c for c in range(0x110000) if not chr(c).isprintable()]))';
    const output = execFileSync(join(BIN, 'python'), ['-I', '-c', program], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const codePoints: number[] = JSON.parse(output);
    assert.deepEqual(codePoints.filter(isPrintable), []);
  });

  it('are as ruff formats them', () => {
    const property = fc.property(plans(4), (some) => {
      withFiles(some.map(render), (folder) => ruff(folder, ['format', '--diff']));
    });
    fc.assert(property, { ...LIMIT, numRuns: 3 });
  });

  it('have no line that is too long, however many names a list has', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 100 });
    const property = fc.property(fc.array(names, { minLength: 100, maxLength: 100 }), (lists) => {
      withFiles(lists.map(inDict), (folder) => ruff(folder, ['check', '--select', 'E501']));
    });
    fc.assert(property, { ...LIMIT, numRuns: 3 });
  });

  it('have nothing that ruff finds fault with', () => {
    const property = fc.property(values(200), plans(2), (some, others) => {
      // A value may be longer than a line, and a CONFIG by itself has no docstring.
      const texts = [...some.map(inDict), ...others.map(render)];
      withFiles(texts, (folder) => ruff(folder, ['check', '--ignore', 'E501,D100']));
    });
    fc.assert(property, { ...LIMIT, numRuns: 3 });
  });
});
