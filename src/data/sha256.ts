import { createHash } from 'node:crypto';
import type { ByteSource } from '../base/bytes.ts';

/** SHA-256 of everything a source holds, in hexadecimal. */
export async function sha256Of(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of source.open(undefined, signal)) {
    signal?.throwIfAborted();
    hash.update(part);
  }
  return hash.digest('hex');
}
