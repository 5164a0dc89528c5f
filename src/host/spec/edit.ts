import { applyEdits, type Edit, type JSONPath, modify, parse } from 'jsonc-parser';

const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/** The smallest changes of a JSON text that set one place of it; `undefined` removes the place. */
export function editsFor(text: string, path: JSONPath, value: unknown): Edit[] {
  const blocked = firstNonObject(parse(text), path);
  if (blocked === undefined) return modify(text, path, value, FORMAT);
  // Nothing lies below a value that is no object: there is nothing to remove, and setting replaces that value.
  if (value === undefined) return [];
  return modify(text, path.slice(0, blocked), nested(path.slice(blocked), value), FORMAT);
}

/** The text after `editsFor`. */
export function edited(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, editsFor(text, path, value));
}

/** How many steps of the path lead to something that is not an object; `undefined` when its last step lies in one. */
function firstNonObject(root: unknown, path: JSONPath): number | undefined {
  let node = root;
  for (let depth = 0; depth < path.length; depth += 1) {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return depth;
    const key = String(path[depth]);
    node = Object.hasOwn(node, key) ? Reflect.get(node, key) : undefined;
  }
  return undefined;
}

function nested(path: JSONPath, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value);
}
