import type { ColumnProfile, Role } from './schema.ts';

/**
 * More different values than this make a category `category_high`. Between skrub's 40 and AutoGluon's 100 for one-hot:
 * the states of the US with their territories (56) still count as a plain category.
 */
export const CATEGORY_LIMIT = 64;
/** Share of different values from which a column is nearly unique (AutoGluon, FLAML). */
const NEARLY_UNIQUE = 0.99;
/** The same when the distinct count is an estimate, which is off by up to 2 %. */
const NEARLY_UNIQUE_ESTIMATED = 0.97;
/** Fewer rows than this are no evidence for an identifier. */
const ENOUGH_ROWS = 20;
/** Unique text of fewer words is a name or a category (AutoGluon). */
const TEXT_WORDS = 3;
const MOSTLY_DISTINCT = 0.5;

/** What the role of a column depends on. */
export interface RoleFacts
  extends Shape,
    Pick<ColumnProfile, 'kind' | 'distinct' | 'distinctExact' | 'index' | 'name'> {
  /** Cells that hold a value. */
  readonly present: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Whether the header cell was empty. */
  readonly unnamed: boolean;
}

/** What the values of a column look like, from those that were kept. */
export interface Shape {
  /** Words in a value, on average. */
  readonly words: number;
  /** Whether every value looks like a hash, a UUID or a code: one word that holds a digit. */
  readonly codeLike: boolean;
}

/** What a column is to a model, before the user's say. */
export function inferRole(facts: RoleFacts): Role {
  if (facts.kind === 'empty' || facts.distinct <= 1) return 'constant';
  switch (facts.kind) {
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'number':
      return 'numeric';
    case 'integer':
      return integerRole(facts);
    case 'string':
      return stringRole(facts);
  }
}

function integerRole(facts: RoleFacts): Role {
  if (facts.min === 0 && facts.max === 1 && facts.distinct === 2) return 'boolean';
  return isNearlyUnique(facts) && (isSequence(facts) || isNamedId(facts)) ? 'id' : 'numeric';
}

function stringRole(facts: RoleFacts): Role {
  const enough = facts.present >= ENOUGH_ROWS;
  if (enough && isNearlyUnique(facts)) return facts.codeLike ? 'id' : 'text';
  if (facts.words >= TEXT_WORDS && facts.distinct > MOSTLY_DISTINCT * facts.present) return 'text';
  return facts.distinct > CATEGORY_LIMIT ? 'category_high' : 'category';
}

function isNearlyUnique({ distinct, distinctExact, present }: RoleFacts): boolean {
  return distinct >= (distinctExact ? NEARLY_UNIQUE : NEARLY_UNIQUE_ESTIMATED) * present;
}

/** Row numbers: hardly a gap, and from 0 or 1 (as an index without a name, even in a small file). */
function isSequence({ present, min = 0, max = 0, unnamed, index }: RoleFacts): boolean {
  const dense = max - min + 1 <= 1.1 * present;
  const fromStart = min === 0 || min === 1;
  if (unnamed && index === 0) return dense && fromStart;
  return dense && present >= (fromStart ? ENOUGH_ROWS : 5 * ENOUGH_ROWS);
}

const ID_NAME = /(?:^|[^a-z])(?:id|uuid|guid|key|index)$/i;
const CAMEL_ID_NAME = /[a-z]I[dD]$/;

/** Customer numbers are unique but not dense: their name tells. */
function isNamedId({ present, name }: RoleFacts): boolean {
  return present >= ENOUGH_ROWS && (ID_NAME.test(name) || CAMEL_ID_NAME.test(name));
}

const CODE = /^(?=.*\d)[\w.:{}+/=-]{4,}$/;

/** Looks at each value once. */
export function shapeOf(values: Iterable<string>): Shape {
  let words = 0;
  let count = 0;
  let codeLike = true;
  for (const value of values) {
    count++;
    words += value.split(/\s+/).length;
    codeLike &&= CODE.test(value);
  }
  return { words: count === 0 ? 0 : words / count, codeLike: codeLike && count > 0 };
}
