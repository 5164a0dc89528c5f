import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TabpodError } from '../../../core/error.ts';
import type { Volume } from '../../ports.ts';
import type { RunpodContext } from '../context.ts';
import { storageError } from '../errors.ts';
import { retrying } from '../retry.ts';
import { lazyStorage, STALL_LIMIT_MS, type Storage } from './client.ts';
import { headObject, unlessMissing } from './object.ts';
import { PART_BYTES, upload } from './upload.ts';

const ATTEMPTS = 10;

/** Sizes and patience of transfers; tests make them small. */
export interface TransferLimits {
  readonly partBytes: number;
  /** Milliseconds a transfer may stand still. */
  readonly stallMs: number;
}

export interface RunpodVolume extends Volume {
  /** Throws BackendError when the storage keys cannot be used on the volume. */
  check(): Promise<void>;
}

/** The network volume through its S3 endpoint. */
export function createVolume(
  context: RunpodContext,
  dataCenter: () => Promise<string>,
  limits: TransferLimits = { partBytes: PART_BYTES, stallMs: STALL_LIMIT_MS },
): RunpodVolume {
  const storage = lazyStorage(context, dataCenter, limits.stallMs);
  const repeated = async <T>(work: (storage: Storage) => Promise<T>): Promise<T> => {
    const opened = await storage();
    return retrying(context, () => work(opened).catch(rethrow), { attempts: ATTEMPTS });
  };
  return {
    async put(key, source, options = {}) {
      await upload({ context, storage: await storage(), key, partBytes: limits.partBytes, options }, source);
      return `runpod://${context.settings.volumeId}/${key}`;
    },
    read: (key, maxBytes) => repeated((opened) => readObject(opened, key, maxBytes)),
    download: (key, path) => repeated((opened) => downloadObject(opened, key, path)),
    head: (key) => repeated((opened) => headObject(opened, key)),
    async remove(key) {
      await repeated(({ client, sdk, bucket }) =>
        unlessMissing(client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }))),
      );
    },
    async check() {
      await repeated(({ client, sdk, bucket }) => client.send(new sdk.HeadBucketCommand({ Bucket: bucket })));
    },
  };
}

function rethrow(error: unknown): never {
  throw error instanceof TabpodError ? error : storageError(error);
}

async function open({ client, sdk, bucket }: Storage, key: string): Promise<Readable | undefined> {
  const reply = await unlessMissing(client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key })));
  if (!reply) return undefined;
  if (!(reply.Body instanceof Readable)) throw new Error(`${key} came without a body`);
  return reply.Body;
}

async function readObject(storage: Storage, key: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const body = await open(storage, key);
  if (!body) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    // Leaving the loop destroys the stream, so no more than this is fetched.
    if (size > maxBytes) throw new TabpodError('account/object-too-large', { key, limit: maxBytes });
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

async function downloadObject(
  storage: Storage,
  key: string,
  path: string,
): Promise<{ bytes: number; sha256: string } | undefined> {
  const body = await open(storage, key);
  if (!body) return undefined;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(body, measure, createWriteStream(temporary, { flags: 'wx' }));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}
