import { TabpodError } from '../core/error.ts';
import { strip } from '../core/profile/cells.ts';
import type { ColumnFacts } from '../core/profile/describe.ts';
import { isUnnamed } from '../core/profile/names.ts';
import type { NumberReader } from '../core/profile/numbers.ts';
import { ColumnAccumulator, MemoryBudget } from './column.ts';
import { tellsDelimiter } from './sniff.ts';

/** More columns are refused: each costs memory even when it is empty. */
const MOST_COLUMNS = 100_000;
/** Up to this many columns the distinct estimate takes 16 KiB a column (off by 0.8 %), above 4 KiB (1.6 %). */
const PRECISE_COLUMNS = 1000;

/** Rows that are counted together, column by column: what a column keeps stays in the processor's cache meanwhile. */
const BATCH = 64;

/** Rows that do not have as many cells as the header. They are left out, as pyarrow's reader is told to do. */
export interface Ragged {
  count: number;
  /** Position of the first one among the rows of data, from 1, and its cells. */
  row: number;
  cells: number;
}

/** Counts the rows of a table: the first one is the header. */
export class Table {
  header: readonly string[] | undefined;
  /** Rows of data that were counted. */
  rows = 0;
  readonly ragged: Ragged = { count: 0, row: 0, cells: 0 };
  readonly columns: ColumnAccumulator[] = [];
  readonly reader: NumberReader;
  private readonly name: string;
  private readonly waiting: (readonly string[])[] = [];

  constructor(name: string, reader: NumberReader) {
    this.name = name;
    this.reader = reader;
  }

  /** Takes one row and keeps the array until `flush`. */
  add(cells: readonly string[]): void {
    if (this.header === undefined) {
      if (!tellsDelimiter(cells)) this.begin(cells);
    } else if (cells.length === this.columns.length) {
      this.rows++;
      this.waiting.push(cells);
      if (this.waiting.length >= BATCH) this.flush();
    } else {
      this.skip(cells.length);
    }
  }

  /** Takes cells of one column, where they come column by column: the caller counts `rows`. */
  addCells(column: number, cells: readonly string[]): void {
    const accumulator = this.columns[column];
    for (const cell of cells) accumulator?.add(strip(cell));
  }

  /** Counts the rows that wait. To be called after the last row. */
  flush(): void {
    this.columns.forEach((column, index) => {
      for (const cells of this.waiting) column.add(strip(cells[index] ?? ''));
    });
    this.waiting.length = 0;
  }

  /** What is known of each column; `reader` may differ from the one of the pass (see `ColumnAccumulator.typing`). */
  facts(names: readonly string[], reader: NumberReader): ColumnFacts[] {
    return this.columns.map((column, index) => ({
      name: names[index] ?? '',
      index,
      unnamed: isUnnamed(this.header?.[index] ?? ''),
      rows: this.rows,
      empty: column.empty,
      values: column.values,
      complete: column.complete,
      distinct: column.distinct,
      typing: column.typing(reader),
      ...(column.shape && { shape: column.shape }),
    }));
  }

  private begin(cells: readonly string[]): void {
    const count = cells.length;
    if (count > MOST_COLUMNS) {
      throw new TabpodError('data/too-many-columns', { name: this.name, columns: count, limit: MOST_COLUMNS });
    }
    this.header = [...cells];
    const distinctBits = count <= PRECISE_COLUMNS ? 14 : 12;
    const options = { reader: this.reader, budget: new MemoryBudget(count), distinctBits };
    for (let index = 0; index < count; index++) this.columns.push(new ColumnAccumulator(options));
  }

  private skip(cells: number): void {
    if (this.ragged.count === 0) {
      this.ragged.row = this.rows + 1;
      this.ragged.cells = cells;
    }
    this.ragged.count++;
  }
}
