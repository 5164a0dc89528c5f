import type { SchemaElement } from 'hyparquet';
import { parseFloat16 } from 'hyparquet/src/convert.js';
import { dateText, decimalText, numberText, timestampText, timeText } from './cell-text.ts';
import { asBuffer } from './decode.ts';
import { Damaged } from './random.ts';

/** A value as Parquet stores it, before any thought of what it means; INT96 as nanoseconds since the epoch. */
export type Physical = boolean | number | bigint | Uint8Array | null | undefined;

/** Microseconds in a unit of time, or units in a microsecond. */
const MICROS_OF = {
  MILLIS: (value: bigint) => value * 1000n,
  MICROS: (value: bigint) => value,
  NANOS: (value: bigint) => (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n,
} as const;

/** How the values of a column become cells; nothing becomes the empty cell. */
export function cellWriter(element: SchemaElement): (value: Physical) => string {
  const write = writerOf(element);
  return (value) => (value === null || value === undefined ? '' : write(value));
}

type Writer = (value: NonNullable<Physical>) => string;

function writerOf({ type, converted_type: converted, logical_type: logical, scale = 0 }: SchemaElement): Writer {
  switch (logical?.type) {
    case 'DECIMAL':
      return (value) => decimalText(integerOf(value), logical.scale);
    case 'TIMESTAMP':
      return (value) => timestampText(MICROS_OF[logical.unit](integerOf(value)));
    case 'TIME':
      return (value) => timeText(MICROS_OF[logical.unit](integerOf(value)));
    case 'INTEGER':
      return logical.isSigned ? integerText : unsignedText(type);
    case 'UUID':
      return (value) => uuidText(bytesOf(value));
    case 'FLOAT16':
      return (value) => numberText(parseFloat16(bytesOf(value)) ?? Number.NaN);
    default:
      return oldWriterOf(type, converted, scale);
  }
}

/** Files of old writers carry a converted type only. */
function oldWriterOf(type: SchemaElement['type'], converted: SchemaElement['converted_type'], scale: number): Writer {
  switch (converted) {
    case 'DECIMAL':
      return (value) => decimalText(integerOf(value), scale);
    case 'DATE':
      return (value) => dateText(Number(integerOf(value)));
    case 'TIMESTAMP_MILLIS':
      return (value) => timestampText(MICROS_OF.MILLIS(integerOf(value)));
    case 'TIMESTAMP_MICROS':
      return (value) => timestampText(integerOf(value));
    case 'TIME_MILLIS':
      return (value) => timeText(MICROS_OF.MILLIS(integerOf(value)));
    case 'TIME_MICROS':
      return (value) => timeText(integerOf(value));
    case 'UINT_8':
    case 'UINT_16':
    case 'UINT_32':
    case 'UINT_64':
      return unsignedText(type);
    default:
      return plainWriterOf(type);
  }
}

function plainWriterOf(type: SchemaElement['type']): Writer {
  switch (type) {
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => numberText(Number(value));
    case 'INT96':
      return (value) => timestampText(MICROS_OF.NANOS(integerOf(value)));
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return (value) => asBuffer(bytesOf(value)).toString('utf8');
    default:
      return String;
  }
}

const integerText: Writer = String;

function unsignedText(type: SchemaElement['type']): Writer {
  const bits = type === 'INT64' ? 64 : 32;
  return (value) => BigInt.asUintN(bits, integerOf(value)).toString();
}

function bytesOf(value: NonNullable<Physical>): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Damaged('a column does not hold what its type says');
}

/** An integer, or the bytes of one in two's complement, largest first. */
function integerOf(value: NonNullable<Physical>): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value);
  if (value.length === 0) return 0n;
  return BigInt.asIntN(8 * value.length, BigInt(`0x${asBuffer(value).toString('hex')}`));
}

function uuidText(bytes: Uint8Array): string {
  return asBuffer(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
