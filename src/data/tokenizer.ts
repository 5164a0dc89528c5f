const LINE_FEED = 10;
const RETURN = 13;

/**
 * Cuts text into rows of cells, by the rules of pyarrow's CSV reader, which the scripts read with: a quotation mark
 * counts only as the first character of a cell; a doubled one inside stands for one; what follows the closing one
 * belongs to the cell; \n, \r and \r\n each end a row, also mixed; rows without any character are skipped.
 * (papaparse differs on stray quotes and mixed line ends, so that rows would get lost.)
 */
export class Tokenizer {
  /** Rows delivered so far, the header among them. */
  rows = 0;
  private readonly delimiter: number;
  private readonly quote: string;
  private readonly quoteCode: number;
  private text = '';
  private at = 0;
  private last = false;

  constructor(delimiter: string, quote: string) {
    this.delimiter = delimiter.charCodeAt(0);
    this.quote = quote;
    this.quoteCode = quote.charCodeAt(0);
  }

  /**
   * Hands each complete row to `onRow`, an array of its own. Returns where the first incomplete row
   * begins: the caller puts more text behind it. With `last` the text ends here, and so does its last row, unless a
   * quotation mark is open: then the returned position is before the end of the text.
   */
  read(text: string, last: boolean, onRow: (cells: readonly string[]) => void): number {
    this.text = text;
    this.at = 0;
    this.last = last;
    while (this.skipBlankLines()) {
      const start = this.at;
      const cells: string[] = [];
      if (!this.row(cells)) return start;
      this.rows++;
      onRow(cells);
    }
    return this.at;
  }

  /** Moves to the first character of the next row; false when there is none. */
  private skipBlankLines(): boolean {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code !== LINE_FEED && code !== RETURN) return true;
    }
    return false;
  }

  /** Reads one row; false when the text ends before it does. */
  private row(cells: string[]): boolean {
    for (;;) {
      const cell = this.text.charCodeAt(this.at) === this.quoteCode ? this.quoted() : this.plain();
      if (cell === undefined) return false;
      cells.push(cell);
      const code = this.text.charCodeAt(this.at);
      if (code === this.delimiter) {
        this.at++;
        continue;
      }
      return this.endRow(code);
    }
  }

  /** Passes the end of a row. A `\r` as the last character may be half of `\r\n`: the row waits for more. */
  private endRow(code: number): boolean {
    const { text } = this;
    if (this.at >= text.length) return this.last;
    this.at++;
    if (code === RETURN && this.at < text.length && text.charCodeAt(this.at) === LINE_FEED) this.at++;
    return code !== RETURN || this.at < text.length || this.last;
  }

  private plain(): string {
    const { text, delimiter } = this;
    const start = this.at;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter || code === LINE_FEED || code === RETURN) break;
    }
    this.at = at;
    return text.slice(start, at);
  }

  /** A cell that begins with a quotation mark; `undefined` when the text ends inside. */
  private quoted(): string | undefined {
    const { text, quote } = this;
    let content = '';
    let start = this.at + 1;
    for (;;) {
      const end = text.indexOf(quote, start);
      if (end < 0 || (end + 1 === text.length && !this.last)) return undefined;
      content += text.slice(start, end);
      this.at = end + 1;
      if (text.charCodeAt(this.at) !== this.quoteCode) break;
      content += quote;
      start = end + 2;
    }
    const rest = this.plain();
    return rest === '' ? content : content + rest;
  }
}
