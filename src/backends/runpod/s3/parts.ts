import type { ByteSource } from '../../../base/bytes.ts';
import { TabpodError } from '../../../core/error.ts';

/**
 * Cuts a source into buffers of `partBytes`, the last one shorter; an empty source gives one empty part. Throws
 * TabpodError `data/changed` when the source does not hold the bytes it said it would.
 */
export async function* partsOf(source: ByteSource, partBytes: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
  let held = 0;
  let total = 0;
  for await (const chunk of source.open(undefined, signal)) {
    total += chunk.length;
    if (source.size !== undefined && total > source.size) throw changed(source);
    pending.push(chunk);
    held += chunk.length;
    while (held >= partBytes) {
      const joined = Buffer.concat(pending);
      yield joined.subarray(0, partBytes);
      pending = [joined.subarray(partBytes)];
      held -= partBytes;
    }
  }
  if (source.size !== undefined && total !== source.size) throw changed(source);
  if (held > 0 || total === 0) yield Buffer.concat(pending);
}

function changed({ name }: ByteSource): TabpodError {
  return new TabpodError('data/changed', { name });
}
