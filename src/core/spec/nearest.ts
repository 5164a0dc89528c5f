/** Names longer than this are compared by their beginning: a suggestion must not cost a second on 10,000 columns. */
const COMPARED = 40;

/** The `count` names most like `name`, best first, for sentences that suggest one; `none` if there are none. */
export function nearestNames(name: string, names: Iterable<string>, count = 3): string {
  const wanted = simplified(name);
  const ranked = [...names].map((candidate) => ({ candidate, distance: distance(wanted, simplified(candidate)) }));
  ranked.sort((a, b) => a.distance - b.distance);
  return ranked.length === 0 ? 'none' : quoted(ranked.slice(0, count).map(({ candidate }) => candidate));
}

/** Names as a sentence lists them. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `“${name}”`).join(', ');
}

function simplified(name: string): string {
  return name.toLowerCase().slice(0, COMPARED);
}

/** Levenshtein's edit distance; a name that contains the other one counts as near. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  if (a && b && (a.includes(b) || b.includes(a))) return 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
