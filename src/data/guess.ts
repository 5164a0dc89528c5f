import { chooseNumberFormat, formatBit, type NumberFormat, numberReader } from '../core/profile/numbers.ts';
import { detectEncoding } from './content.ts';
import { decoderFor } from './decode.ts';
import type { PassSettings } from './pass.ts';
import { sniff } from './sniff.ts';
import { Table } from './table.ts';
import { Tokenizer } from './tokenizer.ts';

/** Numbers as programs write them. */
export const PLAIN = numberReader({ decimal: '.', thousands: null });

/** How to read a file, as its first bytes suggest; `whole` when they are all it has. Throws TabpodError. */
export function guessSettings(name: string, head: Uint8Array, whole: boolean): PassSettings {
  const encoding = detectEncoding(name, head);
  const text = decoderFor(encoding).decode(head, false);
  const separators = sniff(text, whole, /\.(?:tsv|tab)(?:\.\w+)?$/i.test(name) ? '\t' : ',');
  const table = new Table(name, PLAIN);
  new Tokenizer(separators.delimiter, separators.quote).read(text, whole, (cells) => table.add(cells));
  table.flush();
  return { ...separators, encoding, reader: numberReader(numberFormatOf(table, separators.delimiter)) };
}

/** The number format that suits most columns of a table. */
export function numberFormatOf(table: Table, delimiter: string): NumberFormat {
  const masks = table.columns.map((column) => column.typing(table.reader).formats);
  return chooseNumberFormat(masks, delimiter);
}

/** Whether what was counted with the reader of the pass holds as well when numbers are read in `format`. */
export function holdsIn(table: Table, format: NumberFormat): boolean {
  const { reader } = table;
  const [wanted, used] = [formatBit(format), formatBit(reader.format)];
  return table.columns.every((column) => {
    if (column.complete) return true;
    const { formats } = column.typing(reader);
    return formats & used ? (reader.covers & wanted) !== 0 : (formats & wanted) === 0;
  });
}
