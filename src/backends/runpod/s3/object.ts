import { storageStatus } from '../errors.ts';
import type { Storage } from './client.ts';

/** Size of an object, or `undefined` when there is none. Throws what the SDK throws. */
export async function headObject(
  { client, sdk, bucket }: Storage,
  key: string,
  signal?: AbortSignal,
): Promise<{ bytes: number } | undefined> {
  const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: key });
  const reply = await unlessMissing(client.send(command, signal ? { abortSignal: signal } : {}));
  return reply && { bytes: reply.ContentLength ?? 0 };
}

/** A reply, or `undefined` when the object does not exist. */
export async function unlessMissing<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (storageStatus(error) === 404) return undefined;
    throw error;
  }
}
