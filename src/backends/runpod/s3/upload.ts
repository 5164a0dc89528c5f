import type { ByteSource } from '../../../base/bytes.ts';
import { messageOf } from '../../../base/error.ts';
import { BackendError, type PutOptions } from '../../ports.ts';
import type { RunpodContext } from '../context.ts';
import { storageCode, storageError, storageFailure } from '../errors.ts';
import { retrying } from '../retry.ts';
import type { Storage } from './client.ts';
import { headObject } from './object.ts';
import { partsOf } from './parts.ts';

/** Larger objects are sent in parts of this size, as RunPod's own upload script does. */
export const PART_BYTES = 50_000_000;
const PARTS_AT_ONCE = 4;
const ATTEMPTS = 10;
const COMPLETE_ATTEMPTS = 3;
const LEAST_COMPLETE_MS = 60_000;
const COMPLETE_MS_PER_GB = 5000;
const LOOK_EVERY_MS = 5000;

/** Uploads below a key, verified by size. */
export interface Upload {
  readonly context: RunpodContext;
  readonly storage: Storage;
  readonly key: string;
  readonly partBytes: number;
  readonly options: PutOptions;
}

/** Sends a whole source; resolves once HeadObject agrees on the size. */
export async function upload(task: Upload, source: ByteSource): Promise<void> {
  const parts = partsOf(source, task.partBytes, task.options.signal);
  try {
    const first = await parts.next();
    const second = first.done ? first : await parts.next();
    if (first.done) return;
    if (second.done) await putWhole(task, first.value);
    else await putParts(task, rejoin([first.value, second.value], parts));
  } catch (error) {
    throw task.options.signal?.aborted ? task.options.signal.reason : error;
  } finally {
    await parts.return(undefined);
  }
}

async function* rejoin(head: readonly Buffer[], tail: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* tail;
}

/** One S3 call that may be repeated, its errors in our terms. */
function call<T>({ context, options }: Upload, send: () => Promise<T>): Promise<T> {
  const attempt = async () => {
    try {
      return await send();
    } catch (error) {
      throw storageError(error, options.signal);
    }
  };
  return retrying(context, attempt, { attempts: ATTEMPTS, signal: options.signal });
}

async function putWhole(task: Upload, body: Buffer): Promise<void> {
  const { client, sdk, bucket } = task.storage;
  await call(task, () =>
    client.send(
      new sdk.PutObjectCommand({ Bucket: bucket, Key: task.key, Body: body, ContentLength: body.length }),
      abort(task),
    ),
  );
  task.options.onProgress?.(body.length);
  if (!(await appears(task, body.length, LEAST_COMPLETE_MS))) throw vanished(task);
}

async function putParts(task: Upload, parts: AsyncIterable<Buffer>): Promise<void> {
  const { client, sdk, bucket } = task.storage;
  const target = { Bucket: bucket, Key: task.key };
  const { UploadId } = await call(task, () => client.send(new sdk.CreateMultipartUploadCommand(target), abort(task)));
  if (!UploadId) throw new BackendError({ kind: 'unavailable', detail: 'storage: the upload got no id' });
  try {
    const sent = await sendParts(task, UploadId, parts);
    await complete(task, UploadId, sent);
  } catch (error) {
    await abandon(task, UploadId);
    throw error;
  }
}

interface Sent {
  readonly etags: readonly string[];
  readonly bytes: number;
}

/** Sends parts as they are read, a few at once; the first failure stops the others. */
async function sendParts(task: Upload, uploadId: string, parts: AsyncIterable<Buffer>): Promise<Sent> {
  const { client, sdk, bucket } = task.storage;
  const etags: string[] = [];
  const failed = new AbortController();
  const abortSignal = AbortSignal.any([failed.signal, ...(task.options.signal ? [task.options.signal] : [])]);
  const work = { ...task, options: { ...task.options, signal: abortSignal } };
  const running = new Set<Promise<void>>();
  let number = 0;
  let read = 0;
  let sent = 0;
  const send = async (PartNumber: number, Body: Buffer) => {
    const part = { Bucket: bucket, Key: task.key, UploadId: uploadId, PartNumber, Body, ContentLength: Body.length };
    const { ETag } = await call(work, () => client.send(new sdk.UploadPartCommand(part), { abortSignal }));
    etags[PartNumber - 1] = ETag ?? '';
    sent += Body.length;
    task.options.onProgress?.(sent);
  };
  try {
    for await (const body of parts) {
      number += 1;
      read += body.length;
      const one = send(number, body)
        .catch((error: unknown) => failed.abort(error))
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= PARTS_AT_ONCE) await Promise.race(running);
      if (failed.signal.aborted) break;
    }
  } catch (error) {
    failed.abort(error);
  }
  await Promise.all(running);
  failed.signal.throwIfAborted();
  return { etags, bytes: read };
}

/**
 * Large merges outlast RunPod's proxy: 524 or a timeout says nothing, only HeadObject does, and a second Complete of
 * a merged upload is answered `NoSuchUpload`. So: ask, look, and ask again with twice the patience.
 */
async function complete(task: Upload, uploadId: string, sent: Sent): Promise<void> {
  const gigabytes = sent.bytes / 1e9;
  let patience = Math.max(LEAST_COMPLETE_MS, COMPLETE_MS_PER_GB * gigabytes);
  for (let attempt = 1; attempt <= COMPLETE_ATTEMPTS; attempt++, patience *= 2) {
    const confirmed = await askToComplete(task, uploadId, sent.etags, patience);
    if (await appears(task, sent.bytes, patience)) return;
    if (confirmed) break;
  }
  throw vanished(task);
}

/** True when RunPod says that the parts are merged; false when it did not say. */
async function askToComplete(task: Upload, id: string, etags: readonly string[], patience: number): Promise<boolean> {
  const { client, sdk, bucket } = task.storage;
  const { signal } = task.options;
  const limit = AbortSignal.timeout(Math.ceil(patience));
  const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
  const input = { Bucket: bucket, Key: task.key, UploadId: id, MultipartUpload: { Parts } };
  try {
    await client.send(new sdk.CompleteMultipartUploadCommand(input), {
      abortSignal: AbortSignal.any([limit, ...(signal ? [signal] : [])]),
    });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    task.context.log.debug(`RunPod: completing the upload was not confirmed: ${messageOf(error)}`);
    if (limit.aborted || storageCode(error) === 'NoSuchUpload') return false;
    const failure = storageFailure(error);
    if (failure.kind === 'unavailable' || failure.kind === 'rate-limited') return false;
    throw new BackendError(failure, { cause: error });
  }
}

/** Looks until the object has the expected size; false when it has not after `patience` milliseconds. */
async function appears(task: Upload, bytes: number, patience: number): Promise<boolean> {
  const { clock, waitScale } = task.context;
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const head = await call(task, () => headObject(task.storage, task.key, task.options.signal));
    if (head?.bytes === bytes) return true;
    if (waited >= patience) return false;
    await clock.sleep(LOOK_EVERY_MS * waitScale, task.options.signal);
    task.options.signal?.throwIfAborted();
  }
}

function vanished({ key }: Upload): BackendError {
  const detail = `storage: ${key} was sent, but RunPod does not show it with its full size`;
  return new BackendError({ kind: 'unavailable', detail });
}

/** Parts that are not completed stay on the volume and cost space; failing to drop them must not hide the reason. */
async function abandon({ context, storage, key }: Upload, uploadId: string): Promise<void> {
  const { client, sdk, bucket } = storage;
  try {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }));
  } catch (error) {
    context.log.warn(`RunPod: the parts of ${key} could not be dropped: ${messageOf(error)}`);
  }
}

function abort({ options }: Upload): { abortSignal?: AbortSignal } {
  return options.signal ? { abortSignal: options.signal } : {};
}
