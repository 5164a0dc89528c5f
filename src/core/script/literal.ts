import { TabpodError } from '../error.ts';
import { isPrintable } from './printable.ts';

const INDENT = '    ';

/** The escapes with a name of their own that Python and ruff agree on. */
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/**
 * Writes a JSON-like value as Python source, the one way a value gets into a script.
 *
 * What `ast.literal_eval` reads back is equal to the value, and `ruff format` changes nothing at any line width:
 * collections are written one entry a line with trailing commas. `indent` counts the levels of four spaces that the
 * line of the opening bracket stands at.
 *
 * Throws TabpodError `script/number` for a number that would not come back the same, `script/value` for a value that
 * has no counterpart in JSON.
 */
export function pyLiteral(value: unknown, indent = 0): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return pyString(value);
    case 'number':
      return pyNumber(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'object':
      return Array.isArray(value) ? pyList(value, indent) : pyDict(value, indent);
    default:
      throw new TabpodError('script/value', { type: typeof value });
  }
}

function pyList(values: readonly unknown[], indent: number): string {
  return collection(
    '[]',
    values.map((value) => pyLiteral(value, indent + 1)),
    indent,
  );
}

function pyDict(value: object, indent: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TabpodError('script/value', { type: 'object' });
  const entries = Object.entries(value).map(([key, item]) => `${pyString(key)}: ${pyLiteral(item, indent + 1)}`);
  return collection('{}', entries, indent);
}

function collection(brackets: string, entries: readonly string[], indent: number): string {
  if (entries.length === 0) return brackets;
  const lines = entries.map((entry) => `${INDENT.repeat(indent + 1)}${entry},\n`);
  return `${brackets.charAt(0)}\n${lines.join('')}${INDENT.repeat(indent)}${brackets.charAt(1)}`;
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
