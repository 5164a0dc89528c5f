import { type NumberKind, serialText } from './excel-dates.ts';
import { Damaged } from './random.ts';
import type { XmlHandler } from './xml.ts';

/** Columns of a sheet, XFD being the last. */
const MOST_COLUMNS = 16_384;
/** Whatever a formula failed with: it is no value, as the scripts' readers see it. */
const NOT_AVAILABLE = '#N/A';

/** What the cells of a sheet refer to. */
export interface Book {
  readonly strings: readonly string[];
  /** By the number of a cell's style. */
  readonly kinds: readonly NumberKind[];
  readonly system1904: boolean;
}

/**
 * Makes rows of the XML of a sheet: one for each that holds anything, as long as the first one unless it holds more.
 * Of merged cells the first has the value; a formula stands for the value it last had.
 */
export class SheetReader implements XmlHandler {
  private readonly book: Book;
  private readonly onRow: (cells: readonly string[]) => void;
  private width = 0;
  private cells: string[] = [];
  private column = -1;
  private type = 'n';
  private style = 0;
  private value = '';
  private captures = false;
  /** Inside of a reading aid for East Asian scripts. */
  private aid = false;

  constructor(book: Book, onRow: (cells: readonly string[]) => void) {
    this.book = book;
    this.onRow = onRow;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        this.cells = [];
        this.column = -1;
        break;
      case 'c':
        this.column = attributes.r === undefined ? this.column + 1 : columnOf(attributes.r);
        if (!(this.column >= 0 && this.column < MOST_COLUMNS)) throw new Damaged('a cell has no place in it');
        this.type = attributes.t ?? 'n';
        this.style = Number(attributes.s ?? 0);
        this.value = '';
        break;
      case 'rPh':
        this.aid = true;
        break;
      case 'v':
      case 't':
        this.captures = !this.aid;
        break;
      default:
    }
  }

  text(text: string): void {
    if (this.captures) this.value += text;
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.captures = false;
        break;
      case 'rPh':
        this.aid = false;
        break;
      case 'c':
        this.put(this.cellText());
        break;
      case 'row':
        this.endRow();
        break;
      default:
    }
  }

  private put(text: string): void {
    if (text === '') return;
    while (this.cells.length < this.column) this.cells.push('');
    this.cells[this.column] = text;
  }

  private endRow(): void {
    const { cells } = this;
    if (cells.length === 0) return;
    this.width ||= cells.length;
    while (cells.length < this.width) cells.push('');
    this.onRow(cells);
  }

  private cellText(): string {
    const { value, book } = this;
    if (value === '') return '';
    switch (this.type) {
      case 's':
        return stringOf(book, value);
      case 'b':
        return value.trim() === '1' ? 'true' : 'false';
      case 'e':
        return NOT_AVAILABLE;
      case 'n':
        return this.numberText(value);
      default:
        // Texts: of formulas, inline, and dates in ISO 8601.
        return value;
    }
  }

  private numberText(value: string): string {
    const number = Number(value);
    if (Number.isNaN(number)) return value;
    return serialText(number, this.book.kinds[this.style] ?? 'number', this.book.system1904);
  }
}

function stringOf({ strings }: Book, value: string): string {
  const text = strings[Number(value)];
  if (text === undefined) throw new Damaged('a cell refers to a text that is not in it');
  return text;
}

/** Position of a column, from 0: `AB12` → 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (const character of reference) {
    const letter = character.toUpperCase().charCodeAt(0) - 64;
    if (!(letter >= 1 && letter <= 26)) break;
    column = column * 26 + letter;
    if (column > MOST_COLUMNS) break;
  }
  return column - 1;
}
