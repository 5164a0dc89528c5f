/**
 * Splits a command line into words as a POSIX shell does: quotes, backslashes, nothing else (no variables, no globs).
 * *reported*: RunPod splits `args` "shell-like" and falls back to white space when that fails.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const char = line[at] ?? '';
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else {
      const piece = quoted(line, at);
      if (piece === undefined) return line.split(/\s+/).filter(Boolean);
      word = (word ?? '') + piece.text;
      at = piece.end;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** One quoted stretch, escape or plain character; `undefined` when its quote is never closed. */
function quoted(line: string, at: number): { text: string; end: number } | undefined {
  const char = line[at] ?? '';
  if (char === '\\') return { text: line[at + 1] ?? '', end: at + 2 };
  if (char === "'") {
    const end = line.indexOf("'", at + 1);
    return end < 0 ? undefined : { text: line.slice(at + 1, end), end: end + 1 };
  }
  if (char === '"') return doubleQuoted(line, at);
  return { text: char, end: at + 1 };
}

function doubleQuoted(line: string, at: number): { text: string; end: number } | undefined {
  let text = '';
  for (let next = at + 1; next < line.length; next++) {
    const char = line[next] ?? '';
    const follower = line[next + 1] ?? '';
    if (char === '"') return { text, end: next + 1 };
    if (char === '\\' && '"\\$`\n'.includes(follower) && follower !== '') {
      text += follower === '\n' ? '' : follower;
      next += 1;
    } else {
      text += char;
    }
  }
  return undefined;
}
