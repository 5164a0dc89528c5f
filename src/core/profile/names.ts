import { type Message, message } from '../messages/index.ts';

export interface Names {
  readonly names: readonly string[];
  readonly findings: readonly Message[];
}

/** Whether a header cell names nothing: empty, or blank by the rules of Unicode, as Python's `str.strip` sees it. */
export function isUnnamed(cell: string): boolean {
  return cell.trim() === '';
}

/**
 * Makes the cells of a header unique names, from left to right. The text is kept exactly, blanks around it too. One
 * that is empty or all blank becomes `column_<position from 1>`; a name that a column further left bears gets `_2`,
 * `_3`, …, the first that none of those bears. The scripts follow the same rule.
 */
export function uniqueNames(header: readonly string[]): Names {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  const renamed: { from: string; to: string }[] = [];
  const names = header.map((cell, index) => {
    const name = isUnnamed(cell) ? `column_${index + 1}` : cell;
    let unique = name;
    for (let number = next.get(name) ?? 2; taken.has(unique); number++) {
      unique = `${name}_${number}`;
      next.set(name, number + 1);
    }
    taken.add(unique);
    if (unique !== name) renamed.push({ from: name, to: unique });
    return unique;
  });
  return { names, findings: [...emptyFindings(header), ...duplicateFindings(renamed)] };
}

function emptyFindings(header: readonly string[]): Message[] {
  const first = header.findIndex(isUnnamed);
  if (first < 0) return [];
  const count = header.filter(isUnnamed).length;
  return [message('data/empty-names', { count, position: first + 1 })];
}

function duplicateFindings(renamed: readonly { from: string; to: string }[]): Message[] {
  const [first] = renamed;
  if (!first) return [];
  return [message('data/duplicate-names', { count: renamed.length, column: first.from, example: first.to })];
}
