import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Incoming } from './http.ts';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

export interface S3Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** *documented*. */
const CLOCK_SKEW_MS = 3_600_000;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Checks AWS Signature Version 4 in the Authorization header; `undefined` when it holds. */
export function verifySignature(request: Incoming, keys: S3Keys, now: number): S3Refusal | undefined {
  // *documented*: presigned URLs are not supported.
  if (request.query.has('X-Amz-Signature')) return refuse(501, 'NotImplemented', 'Presigned URLs are not supported.');
  const header =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, accessKey = '', day = '', region = '', signedHeaders = '', signature = ''] =
    header.exec(request.headers.authorization ?? '') ?? [];
  if (!signature) return refuse(403, 'AccessDenied', 'Access Denied.');
  if (accessKey !== keys.accessKey) {
    return refuse(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  // *documented* in upper case; *reported*: lower case works as well.
  if (region.toLowerCase() !== keys.region.toLowerCase()) {
    return refuse(400, 'AuthorizationHeaderMalformed', `The region '${region}' is wrong; expecting '${keys.region}'.`);
  }
  const stamp = String(request.headers['x-amz-date'] ?? '');
  const signedAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(now - signedAt) < CLOCK_SKEW_MS)) {
    return refuse(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  const toSign = [
    'AWS4-HMAC-SHA256',
    stamp,
    `${day}/${region}/s3/aws4_request`,
    sha256(canonical(request, signedHeaders)),
  ];
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${keys.secretKey}`, day), region));
  const expected = hmac(key, toSign.join('\n'));
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
    ? undefined
    : refuse(
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided.',
      );
}

/** A signed hash must be the hash of what arrived. */
export function verifyContent({ headers, body }: Incoming): S3Refusal | undefined {
  const claimed = String(headers['x-amz-content-sha256'] ?? '');
  if (!/^[0-9a-f]{64}$/.test(claimed) || claimed === sha256(body)) return undefined;
  return refuse(
    400,
    'XAmzContentSHA256Mismatch',
    'The provided x-amz-content-sha256 does not match what was computed.',
  );
}

function canonical(request: Incoming, signedHeaders: string): string {
  const query = [...request.query]
    .map(([name, value]) => `${rfc3986(name)}=${rfc3986(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders
    .split(';')
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}\n`,
    )
    .join('');
  const content = String(request.headers['x-amz-content-sha256'] ?? '');
  return [request.method, request.path, query, headers, signedHeaders, content].join('\n');
}

function rfc3986(text: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

function refuse(status: number, code: string, message: string): S3Refusal {
  return { status, code, message };
}

/** The content of an `aws-chunked` body: sizes in hexadecimal, data, and trailers that are dropped unread. */
export function dechunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
