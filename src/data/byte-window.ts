import { Damaged } from './random.ts';

/** Bytes that come in pieces, looked at through a window that moves forward. */
export class ByteWindow {
  private bytes: Buffer = Buffer.alloc(0);
  private readonly parts: AsyncIterator<Uint8Array>;
  private readonly onRead: (bytes: number) => void;

  constructor(parts: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void) {
    this.parts = parts[Symbol.asyncIterator]();
    this.onRead = onRead;
  }

  /** What the window shows: `wanted` bytes or more, fewer only when the pieces end. */
  async look(wanted: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [this.bytes];
    let length = this.bytes.length;
    while (length < wanted) {
      const { done, value } = await this.parts.next();
      if (done) break;
      this.onRead(value.length);
      length += value.length;
      pieces.push(value);
    }
    if (pieces.length > 1) this.bytes = Buffer.concat(pieces);
    return this.bytes;
  }

  /** Takes the next `count` bytes out of the window. Throws Damaged when there are fewer. */
  async take(count: number): Promise<Buffer> {
    const bytes = await this.look(count);
    if (!(count >= 0 && count <= bytes.length)) throw new Damaged('a part of it ends too early');
    this.bytes = bytes.subarray(count);
    return bytes.subarray(0, count);
  }

  async close(): Promise<void> {
    await this.parts.return?.();
  }
}
