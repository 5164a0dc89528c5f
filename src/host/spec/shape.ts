import { type ParseError, parse } from 'jsonc-parser';
import { explain } from '../../core/error.ts';
import { parseSpec } from '../../core/spec/parse.ts';

/** A spec's text as a form can show it: any JSON object, complete or not, or the reason why it cannot. */
export interface Shape {
  readonly spec: Readonly<Record<string, unknown>> | null;
  readonly broken: string | null;
}

/** Reads as much of a spec's text as there is. */
export function shapeOf(text: string, name: string): Shape {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length === 0 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { spec: { ...value }, broken: null };
  }
  return { spec: null, broken: reason(text, name) };
}

/** The parser of specs says best what is wrong with a text that is not one. */
function reason(text: string, name: string): string {
  try {
    parseSpec(text, name);
  } catch (error) {
    return explain(error);
  }
  return name;
}
