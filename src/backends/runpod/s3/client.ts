import type { S3Client } from '@aws-sdk/client-s3';
import { type RunpodContext, userAgent } from '../context.ts';

/** The part of the SDK that is loaded on first use. */
export type Sdk = typeof import('./sdk.ts');

/** A client bound to the volume; the bucket is the volume id. */
export interface Storage {
  readonly sdk: Sdk;
  readonly client: S3Client;
  readonly bucket: string;
}

const CONNECT_LIMIT_MS = 30_000;
/** How long a transfer may stand still. */
export const STALL_LIMIT_MS = 300_000;

/** Loads the SDK and makes a client for the volume's data centre, each once. */
export function lazyStorage(
  context: RunpodContext,
  dataCenter: () => Promise<string>,
  stallMs: number,
): () => Promise<Storage> {
  let made: Promise<Storage> | undefined;
  const make = async (): Promise<Storage> => {
    // It tells users of Node 20, which Tabpod supports, to upgrade for the sake of its own later versions.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const [sdk, region] = await Promise.all([import('./sdk.ts'), dataCenter()]);
    return { sdk, client: client(sdk, context, region, stallMs), bucket: context.settings.volumeId };
  };
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function client(sdk: Sdk, { settings, version }: RunpodContext, region: string, stallMs: number): S3Client {
  return new sdk.S3Client({
    endpoint: settings.s3Url ?? `https://s3api-${region.toLowerCase()}.runpod.io`,
    region,
    credentials: { accessKeyId: settings.s3AccessKey, secretAccessKey: settings.s3SecretKey },
    forcePathStyle: true,
    // Settings of somebody's AWS account in the environment do not apply here.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    // Checksum trailers are an addition to S3 that compatible services often do not know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // `retrying` repeats instead: it knows that 507 is final, that 524 is not, and what must not be repeated.
    maxAttempts: 1,
    customUserAgent: userAgent(version),
    requestHandler: { connectionTimeout: CONNECT_LIMIT_MS, socketTimeout: stallMs },
  });
}
