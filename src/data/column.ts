import type { NumberReader } from '../core/profile/numbers.ts';
import { Range, StreamRange } from '../core/profile/range.ts';
import { type Shape, shapeOf } from '../core/profile/roles.ts';
import { Typing } from '../core/profile/typing.ts';
import { DistinctEstimate } from './distinct.ts';

/** Different values that a column keeps before it only estimates how many there are. */
export const KEPT_VALUES = 10_000;
/** Rough bytes of memory that the kept values of one column, and of all columns together, may take. */
const COLUMN_MEMORY = 8 * 2 ** 20;
const TOTAL_MEMORY = 256 * 2 ** 20;
/** What a kept value costs besides its characters, at two bytes each: text, counter and place in the map. */
const ENTRY_MEMORY = 150;
/** Shorter slices of a string are copies in V8; longer ones keep the whole chunk they were cut from alive. */
const COPIED_LENGTH = 13;

/** The memory that all columns of a table share. */
export class MemoryBudget {
  used = 0;
  private readonly fairShare: number;

  constructor(columns: number) {
    this.fairShare = TOTAL_MEMORY / columns;
  }

  /** Whether a column that takes this much must stop keeping values. */
  exceededBy(taken: number): boolean {
    return taken > COLUMN_MEMORY || (this.used > TOTAL_MEMORY && taken > this.fairShare);
  }
}

export interface ColumnOptions {
  readonly reader: NumberReader;
  readonly budget: MemoryBudget;
  /** Registers of the distinct estimate, as a power of two. */
  readonly distinctBits: number;
}

interface Stream {
  readonly shape: Shape;
  readonly typing: Typing;
  readonly distinct: DistinctEstimate;
}

/**
 * Counts the cells of one column. As long as there are at most 10,000 different texts it only counts each of them, and
 * everything else follows from those counts at the end. After that the types are tested cell by cell, different texts
 * are estimated, and of the texts seen so far those that occurred twice go on being counted for `top`.
 */
export class ColumnAccumulator {
  empty = 0;
  readonly values = new Map<string, { count: number }>();
  private taken = 0;
  private stream: Stream | undefined;
  /** The types as last asked for: asked again for the same, once all cells are in. */
  private replayed: Typing | undefined;
  private readonly options: ColumnOptions;

  constructor(options: ColumnOptions) {
    this.options = options;
  }

  /** Takes one stripped cell. */
  add(text: string): void {
    if (text === '') {
      this.empty++;
      return;
    }
    const known = this.values.get(text);
    if (known !== undefined) known.count++;
    if (this.stream !== undefined) this.addTo(this.stream, text, 1);
    else if (known === undefined) this.keep(text);
  }

  /** Whether every different text was kept. */
  get complete(): boolean {
    return this.stream === undefined;
  }

  /** Different texts, estimated unless `complete`. */
  get distinct(): number {
    return this.stream?.distinct.estimate() ?? this.values.size;
  }

  /** What the first values look like, once they are not complete. */
  get shape(): Shape | undefined {
    return this.stream?.shape;
  }

  /** The types of the cells, once they are all in; `reader` may be another than the one of the pass while the column is complete. */
  typing(reader: NumberReader): Typing {
    if (this.stream) return this.stream.typing;
    if (this.replayed?.reader === reader) return this.replayed;
    const typing = new Typing(reader, () => new Range());
    for (const [text, { count }] of this.values) typing.add(text, count);
    this.replayed = typing;
    return typing;
  }

  private keep(text: string): void {
    const cost = ENTRY_MEMORY + 2 * text.length;
    this.taken += cost;
    this.options.budget.used += cost;
    if (this.values.size >= KEPT_VALUES || this.options.budget.exceededBy(this.taken)) {
      this.startStream();
      if (this.stream) this.addTo(this.stream, text, 1);
      return;
    }
    this.values.set(text.length < COPIED_LENGTH ? text : copyOf(text), { count: 1 });
  }

  private startStream(): void {
    const typing = new Typing(this.options.reader, () => new StreamRange());
    const shape = shapeOf(this.values.keys());
    this.stream = { shape, typing, distinct: new DistinctEstimate(this.options.distinctBits) };
    for (const [text, { count }] of this.values) {
      this.addTo(this.stream, text, count);
      if (count === 1) this.values.delete(text);
    }
    this.options.budget.used -= this.taken;
    this.taken = 0;
  }

  private addTo({ typing, distinct }: Stream, text: string, count: number): void {
    distinct.add(text);
    typing.add(text, count);
  }
}

/** The same text in memory of its own. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
