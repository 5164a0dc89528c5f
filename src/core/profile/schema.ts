import * as z from 'zod/mini';

/**
 * What a column is to a model. `category_high` has too many values for one-hot; `text` is left out unless asked for;
 * `id` and `constant` are never learnt from unless the user overrides the role.
 */
export const ROLES = ['numeric', 'boolean', 'category', 'category_high', 'date', 'text', 'id', 'constant'] as const;
export type Role = (typeof ROLES)[number];

const count = z.int().check(z.gte(0));

/** `csv` and `tsv` are delimited text; of a workbook (`xlsx`) the first sheet is the table. */
export const FORMATS = ['csv', 'tsv', 'parquet', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

/** What a delimited file is packed in; a zip holds nothing else. */
export const COMPRESSIONS = ['gzip', 'zstd', 'zip'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/**
 * How the bytes of a delimited text file become cells, and how a cell becomes a number. The cells of Parquet and XLSX
 * are profiled as the texts that a plain CSV would hold.
 */
export const dialectSchema = z.object({
  delimiter: z.string().check(z.length(1)),
  quote: z.string().check(z.length(1)),
  /** A name that both `TextDecoder` and Python know: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`. */
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  decimal: z.enum(['.', ',']),
  thousands: z.nullable(z.enum(['.', ',', ' ', "'"])),
  /** Cell texts that mean "no value", besides the empty cell; only the ones that occur. */
  missing: z.array(z.string()),
});
export type Dialect = z.infer<typeof dialectSchema>;

const storedMessageSchema = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const columnProfileSchema = z.object({
  /** The header, made unique: an empty one becomes `column_<position>`, a repeated one gets `_2`, `_3`, … */
  name: z.string(),
  /** Position in the file, from 0. */
  index: count,
  /** What the cells look like, before any thought of modelling. */
  kind: z.enum(['integer', 'number', 'boolean', 'date', 'string', 'empty']),
  role: z.enum(ROLES),
  missing: count,
  /** Exact up to 10,000 different values, then an estimate. */
  distinct: count,
  distinctExact: z.boolean(),
  /** Numbers and dates (dates in milliseconds since the epoch, UTC). */
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  mean: z.optional(z.number()),
  /** Counts in equal bins from `min` to `max`. */
  histogram: z.optional(z.array(count)),
  /** The most frequent values, as written in the file, most frequent first; all of them when there are at most 1,000. */
  top: z.array(z.object({ value: z.string(), count })),
  topComplete: z.boolean(),
  /** A Python `strptime` format that every date cell fits, or `ISO8601`. */
  dateFormat: z.optional(z.string()),
  findings: z.array(storedMessageSchema),
});
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

/** What is known of a dataset. Small whatever the dataset's size; holds no row. */
export const profileSchema = z.object({
  version: z.literal(1),
  /** File name for people; holds no directory and no secret. */
  name: z.string(),
  format: z.enum(FORMATS),
  compression: z.nullable(z.enum(COMPRESSIONS)),
  /** Name of the sheet that was read, of a workbook. */
  sheet: z.optional(z.string()),
  /** Size of the whole file as it lies on disk, when known. */
  bytes: z.optional(count),
  /** SHA-256 of the whole file as it lies on disk, in hexadecimal, when it was read whole. */
  sha256: z.optional(z.string()),
  dialect: dialectSchema,
  /** Data rows read. */
  rows: count,
  /** Whether the whole file was read; else everything here describes its beginning. */
  exact: z.boolean(),
  columns: z.array(columnProfileSchema),
  findings: z.array(storedMessageSchema),
});
export type Profile = z.infer<typeof profileSchema>;
