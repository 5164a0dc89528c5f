import type { Log } from '../base/log.ts';

/** Results on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean;
  readonly log: Log;
  /** A line about what is going on. */
  progress(line: string): void;
  /** The result: as one JSON object, or as `human` prints it. */
  result(value: unknown, human: () => void): void;
  /** A line of the human result. */
  line(text: string): void;
  /** The whole result is this text; returns exit code 0. */
  text(text: string): 0;
}

/** Nobody may be listening any more, behind a closed pipe or terminal: that must not end a job's only guard. */
export function outliveListeners(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

export function createOutput(json: boolean): Output {
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const line = (text: string) => void process.stdout.write(`${text}\n`);
  const verbose = Boolean(process.env.TABPOD_DEBUG);
  const debug = (message: string) => {
    if (verbose) progress(message);
  };
  return {
    json,
    log: { debug, info: debug, warn: debug, error: (message) => progress(`tabpod: ${message}`) },
    progress,
    line,
    result(value, human) {
      if (json) line(JSON.stringify(value));
      else human();
    },
    text(text) {
      line(text);
      return 0;
    },
  };
}

/** Rows as aligned columns; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const isNumber = (cell: string) => /^[-+$]?[\d.,]+%?$/.test(cell);
  const pad = (cell: string, width: number) => (isNumber(cell) ? cell.padStart(width) : cell.padEnd(width));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A number for people: four significant digits, no exponent for everyday sizes. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
