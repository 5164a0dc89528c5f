import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { startArgs, startCommand } from '../../src/core/contract/start-command.ts';
import { shellWords } from '../emulator/shell-words.ts';

describe('args of a RunPod pod', () => {
  it('split into the start command', () => {
    assert.deepEqual(shellWords(startArgs()), startCommand());
  });

  it('split like a shell does', () => {
    for (const [line, words] of [
      ['', []],
      ['  a  b ', ['a', 'b']],
      [`sh -c 'a "b" $c'`, ['sh', '-c', 'a "b" $c']],
      [`'it'\\''s'`, ["it's"]],
      [`"a \\"b\\" \\$c \\x" d`, ['a "b" $c \\x', 'd']],
      [`a\\ b ''`, ['a b', '']],
      [`never "closed`, ['never', '"closed']],
    ] as const) {
      assert.deepEqual(shellWords(line), words, line);
    }
  });

  it('come back from single quotes whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
        assert.deepEqual(shellWords(line), words);
      }),
    );
  });
});
