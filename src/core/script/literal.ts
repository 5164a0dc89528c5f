import { TabpodError } from '../error.ts';
import { isPrintable } from './printable.ts';

const INDENT = '    ';

/** The escapes with a name of their own that Python and ruff agree on. */
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** Columns of a line, as `ruff.toml` has it. */
const WIDTH = 100;

/**
 * Writes a JSON-like value as Python source, the one way a value gets into a script.
 *
 * What `ast.literal_eval` reads back is equal to the value. A collection that fits on its line stands there; else
 * numbers and texts of a list fill lines, and all others have a line each. `indent` counts the levels of four spaces
 * that the line of the opening bracket stands at, `before` the columns that are taken on it by then.
 *
 * Throws TabpodError `script/number` for a number that would not come back the same, `script/value` for a value that
 * has no counterpart in JSON.
 */
export function pyLiteral(value: unknown, indent = 0, before = indent * INDENT.length): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return pyString(value);
    case 'number':
      return pyNumber(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'object':
      return Array.isArray(value) ? pyList(value, indent, before) : pyDict(value, indent, before);
    default:
      throw new TabpodError('script/value', { type: typeof value });
  }
}

function pyList(values: readonly unknown[], indent: number, before: number): string {
  const entries = values.map((value) => pyLiteral(value, indent + 1));
  const scalars = values.every((value) => typeof value !== 'object' || value === null);
  return collection('[]', entries, indent, before, scalars);
}

function pyDict(value: object, indent: number, before: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TabpodError('script/value', { type: 'object' });
  const entries = Object.entries(value).map(([key, item]) => {
    const name = `${pyString(key)}: `;
    return name + pyLiteral(item, indent + 1, (indent + 1) * INDENT.length + columnsOf(name));
  });
  return collection('{}', entries, indent, before, false);
}

function collection(
  brackets: string,
  entries: readonly string[],
  indent: number,
  before: number,
  filled: boolean,
): string {
  if (entries.length === 0) return brackets;
  const inLine = brackets.charAt(0) + entries.join(', ') + brackets.charAt(1);
  // The comma after it needs a column too.
  if (!inLine.includes('\n') && before + columnsOf(inLine) < WIDTH) return inLine;
  const start = INDENT.repeat(indent + 1);
  const lines = filled ? fill(entries, WIDTH - start.length) : entries.map((entry) => `${entry},`);
  const body = lines.map((line) => `${start}${line}\n`).join('');
  return `${brackets.charAt(0)}\n${body}${INDENT.repeat(indent)}${brackets.charAt(1)}`;
}

/** Puts entries, each with its comma, on as few lines as they fit on. */
function fill(entries: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const entry of entries) {
    const longer = line === '' ? `${entry},` : `${line} ${entry},`;
    if (line !== '' && columnsOf(longer) > width) {
      lines.push(line);
      line = `${entry},`;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Columns that a text takes at most: letters of some scripts take two. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += character > '\x7f' ? 2 : 1;
  return columns;
}

/**
 * Python has integers and floats, JavaScript one kind of number: whole numbers become integers, as far as JavaScript
 * itself counts exactly.
 */
function pyNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value).replace('e+', 'e');
  const exact = Number.isFinite(value) && (Number.isSafeInteger(value) || /[.e]/.test(text));
  if (!exact) throw new TabpodError('script/number', { value: text });
  return text;
}

/** Quotes as `ruff format` leaves them: double, unless single ones need fewer escapes. */
function pyString(text: string): string {
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  const quote = doubles > singles ? "'" : '"';
  let body = '';
  for (const character of text) body += character === quote ? `\\${quote}` : (NAMED[character] ?? visible(character));
  return quote + body + quote;
}

function visible(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (isPrintable(codePoint)) return character;
  const hex = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
