import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';

const FOLDER = join(process.cwd(), 'templates');

/** Statements that choose text of the template and print no value. */
const CHOOSING = ['if', 'unless'];

/** What may stand before a value on its line: an assignment, or a key of a dictionary. Never a comment or a string. */
const BEFORE_A_VALUE = /^(?:[A-Z_]+(?:: [\w[\], .|]+)? = |\s+"\w+": )$/;

/** Everything in a template that prints a value other than through the literal helper. */
function leaks(source: string): string[] {
  return leaksOf(Handlebars.parse(source).body, source.split('\n'));
}

function leaksOf(statements: readonly hbs.AST.Statement[], lines: readonly string[]): string[] {
  return statements.flatMap((statement) => {
    const { line, column } = statement.loc.start;
    const before = (lines[line - 1] ?? '').slice(0, column);
    const where = `${statement.type} in line ${line}: ${lines[line - 1]}`;
    if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') return [];
    if (isMustache(statement)) return isLiteral(statement) && BEFORE_A_VALUE.test(before) ? [] : [where];
    if (isBlock(statement) && CHOOSING.includes(nameOf(statement))) {
      return [...leaksOf(statement.program.body, lines), ...leaksOf(statement.inverse?.body ?? [], lines)];
    }
    return [where];
  });
}

function isMustache(statement: hbs.AST.Statement): statement is hbs.AST.MustacheStatement {
  return statement.type === 'MustacheStatement';
}

function isBlock(statement: hbs.AST.Statement): statement is hbs.AST.BlockStatement {
  return statement.type === 'BlockStatement';
}

function isLiteral(statement: hbs.AST.MustacheStatement): boolean {
  return nameOf(statement) === 'literal' && statement.params.length === 1;
}

function nameOf({ path }: hbs.AST.MustacheStatement | hbs.AST.BlockStatement): string {
  return 'original' in path ? String(path.original) : '';
}

describe('templates', () => {
  const names = readdirSync(FOLDER, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.hbs'));

  it('are there', () => assert.ok(names.length > 0));

  for (const name of names) {
    it(`${name} prints values through the literal helper only`, () => {
      assert.deepEqual(leaks(readFileSync(join(FOLDER, name), 'utf8')), []);
    });
  }

  it('would be caught printing a value in any other way', () => {
    const bad = [
      'NAME = {{name}}',
      'NAME = {{{name}}}',
      '{{#if a}}NAME = {{name}}{{/if}}',
      '{{#if a}}{{else}}{{name}}{{/if}}',
      '{{#each names}}{{/each}}',
      '{{> part}}',
      '# {{literal name}}',
      '"""{{literal name}}"""',
      'print(f"{{literal name}}")',
      'X = {{literal name 2}}',
      'X = {{lookup names 0}}',
    ];
    for (const source of bad) assert.equal(leaks(source).length, 1, source);
    assert.deepEqual(leaks('{{#if a}}\nX: dict[str, Any] = {{literal config}}\n{{/if}}{{! words }}'), []);
  });
});
