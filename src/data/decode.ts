import { isUtf8 } from 'node:buffer';
import type { Dialect } from '../core/profile/schema.ts';

export type Encoding = Dialect['encoding'];

/** Bytes that are not valid in the encoding they were taken for. */
export class NotInEncoding extends Error {
  override readonly name = 'NotInEncoding';
}

/** Turns bytes that come in pieces into text. Throws NotInEncoding. */
export interface Decoder {
  /** With `last` nothing may be left over. */
  decode(bytes: Uint8Array, last: boolean): string;
}

/** Windows-1252 from 0x80 to 0x9F; the five holes are bytes that Python's codec refuses too. */
const WINDOWS = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ';

function windows(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (character) => {
    const mapped = WINDOWS[character.charCodeAt(0) - 0x80] ?? '\0';
    if (mapped === '\0') throw new NotInEncoding();
    return mapped;
  });
}

/** Bytes of the UTF-8 character that begins with this one. */
function lengthOf(first: number): number {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Bytes at the end that begin a character of UTF-8 whose rest has not come yet. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    const continues = (byte & 0xc0) === 0x80;
    if (!continues) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

class Utf8Decoder implements Decoder {
  private rest = Buffer.alloc(0);

  decode(bytes: Uint8Array, last: boolean): string {
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : asBuffer(bytes);
    const tail = last ? 0 : incompleteTail(all);
    const whole = all.subarray(0, all.length - tail);
    this.rest = Buffer.from(all.subarray(all.length - tail));
    if (!isUtf8(whole)) throw new NotInEncoding();
    return whole.toString('utf8');
  }
}

class Utf16Decoder implements Decoder {
  private readonly decoder: TextDecoder;

  constructor(encoding: 'utf-16le' | 'utf-16be') {
    this.decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  decode(bytes: Uint8Array, last: boolean): string {
    try {
      return this.decoder.decode(bytes, { stream: !last });
    } catch (cause) {
      throw new NotInEncoding('', { cause });
    }
  }
}

const BYTE_ORDER_MARK = '\ufeff';

/** Drops the byte order mark that a text may begin with. */
class WithoutMark implements Decoder {
  private begun = false;
  private readonly inner: Decoder;

  constructor(inner: Decoder) {
    this.inner = inner;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    const text = this.inner.decode(bytes, last);
    if (this.begun || text === '') return text;
    this.begun = true;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }
}

/** A decoder that takes the bytes of one text from its beginning; a byte order mark is dropped. */
export function decoderFor(encoding: Encoding): Decoder {
  switch (encoding) {
    case 'utf-8':
      return new WithoutMark(new Utf8Decoder());
    case 'windows-1252':
      return { decode: (bytes) => windows(asBuffer(bytes)) };
    case 'utf-16le':
    case 'utf-16be':
      return new WithoutMark(new Utf16Decoder(encoding));
  }
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
