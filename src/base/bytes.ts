/** Some bytes with a name, that can be read again and again: a file, a URL, text in memory. */
export interface ByteSource {
  /** Last part of the path, for messages and file endings. Holds no secret. */
  readonly name: string;
  /** Size in bytes; `undefined` when only reading to the end would tell. */
  readonly size: number | undefined;
  /** Whether a part is read without what lies before it; `size` is known then. */
  readonly seekable?: boolean;
  /** Reads bytes `start` (inclusive) to `end` (exclusive); the whole source when both are left out. */
  open(range?: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** A source over bytes that are already in memory. */
export function bytesOf(name: string, content: Uint8Array | string): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name,
    size: bytes.length,
    seekable: true,
    async *open(range) {
      yield bytes.subarray(range?.start ?? 0, range?.end ?? bytes.length);
    },
  };
}

/** Reads a source to its end; throws a RangeError when it holds more than `maxBytes`. */
export async function readAll(source: ByteSource, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of source.open(undefined, signal)) {
    size += part.length;
    if (size > maxBytes) throw new RangeError(`${source.name} holds more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
