import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Incoming {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  /** Path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer, a connection that is cut, or silence for ever. */
export type Outgoing =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }
  | 'cut'
  | 'stall';

export interface Server {
  readonly port: number;
  close(): Promise<void>;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Outgoing {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** Serves on loopback. Port 0 takes any free one. */
export async function serve(port: number, handle: (request: Incoming) => Promise<Outgoing>): Promise<Server> {
  const server = createServer((message, response) => {
    answer(message, response, handle).catch((error: unknown) => {
      // A bug of the emulator must not look like a behaviour of RunPod.
      console.error('emulator:', error);
      response.destroy();
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  handle: (request: Incoming) => Promise<Outgoing>,
): Promise<void> {
  const body = await receive(message);
  if (!body) return;
  const target = message.url ?? '/';
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  const method = message.method ?? 'GET';
  const reply = await handle({
    method,
    target,
    path,
    query: new URLSearchParams(query),
    headers: message.headers,
    body,
  });
  if (reply === 'stall') return;
  if (reply === 'cut') {
    message.socket.destroy();
    return;
  }
  const bytes = Buffer.from(reply.body ?? '');
  // HEAD answers carry the length of the object and no body.
  const length = reply.headers?.['Content-Length'] ?? String(bytes.length);
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(reply.status !== 204 && { 'Content-Length': length }),
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

/** The whole body; `undefined` when the client hung up. */
async function receive(message: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of message) parts.push(part);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}
