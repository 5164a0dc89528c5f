import type { ByteRange, ByteSource } from '../base/bytes.ts';
import { messageOf } from '../base/error.ts';
import { TabpodError } from '../core/error.ts';

export interface UrlSourceOptions {
  readonly userAgent: string;
  /** Milliseconds until the answer must begin. */
  readonly connectMs?: number;
  /** Milliseconds without a byte after which reading ends. */
  readonly silenceMs?: number;
}

const CONNECT_MS = 30_000;
const SILENCE_MS = 300_000;

/** An address as it may be shown: without user info, query and fragment, which may hold secrets. */
export function shownAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * What an http(s) address serves, as a source. Nothing is requested before it is opened; `size` is known after the
 * first answer that tells it. A range is asked for, and cut out here when the server sends everything. Throws
 * TabpodError; no message or name holds the user info or the query of the address.
 */
export function urlSource(address: string, options: UrlSourceOptions): ByteSource {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new TabpodError('data/bad-url', {});
  let size: number | undefined;
  let seekable = false;
  return {
    name: nameOf(url),
    get size() {
      return size;
    },
    get seekable() {
      return seekable && size !== undefined;
    },
    async *open(range, signal) {
      const download = new Download(url, options, signal);
      try {
        const answer = await download.request(range);
        size ??= answer.size;
        seekable ||= answer.partial;
        yield* cut(download.parts(answer.response), answer.skip, lengthOf(range));
      } finally {
        download.close();
      }
    },
  };
}

/** The last part of the path; the host when there is none. */
function nameOf(url: URL): string {
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? url.hostname;
  try {
    return decodeURIComponent(last).replaceAll(/[\p{C}/\\]/gu, '_');
  } catch {
    return last;
  }
}

function lengthOf(range: ByteRange | undefined): number {
  return range?.end === undefined ? Number.POSITIVE_INFINITY : Math.max(0, range.end - range.start);
}

interface Answer {
  readonly response: Response;
  /** Size of the whole source, when the server told it. */
  readonly size: number | undefined;
  /** Bytes before the wanted range that the server sends nevertheless. */
  readonly skip: number;
  /** Whether the server sends parts. */
  readonly partial: boolean;
}

/** One request with its time limits. */
class Download {
  private readonly url: URL;
  private readonly options: UrlSourceOptions;
  private readonly abort = new AbortController();
  private readonly outer: AbortSignal | undefined;
  private readonly onAbort = () => this.abort.abort(this.outer?.reason);

  constructor(url: URL, options: UrlSourceOptions, signal: AbortSignal | undefined) {
    this.url = url;
    this.options = options;
    this.outer = signal;
    signal?.throwIfAborted();
    signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  async request(range: ByteRange | undefined): Promise<Answer> {
    const { target, authorization } = withoutUserInfo(this.url);
    const headers = {
      accept: 'text/csv, text/tab-separated-values, text/plain;q=0.9, */*;q=0.5',
      'accept-encoding': 'identity',
      'user-agent': this.options.userAgent,
      ...(authorization !== undefined && { authorization }),
      ...(range && { range: `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}` }),
    };
    const sent = fetch(target, { headers, signal: this.abort.signal });
    const response = await this.within(this.options.connectMs ?? CONNECT_MS, sent);
    const address = shownAddress(this.url);
    // A range that begins at the end or beyond: there is nothing.
    if (response.status === 416 && range) return { response: new Response(), size: undefined, skip: 0, partial: false };
    if (!response.ok) throw new TabpodError('data/url-status', { address, status: response.status });
    if (response.headers.get('content-type')?.startsWith('text/html')) {
      throw new TabpodError('data/html', { name: address });
    }
    return { response, ...extentOf(response, range) };
  }

  async *parts(response: Response): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    if (!reader) return;
    for (;;) {
      const { done, value } = await this.within(this.options.silenceMs ?? SILENCE_MS, reader.read());
      if (done) return;
      yield value;
    }
  }

  close(): void {
    this.outer?.removeEventListener('abort', this.onAbort);
    this.abort.abort();
  }

  /** Waits for an answer or a part, at most `ms`; the reason of a failure loses nothing and shows no secret. */
  private async within<T>(ms: number, work: Promise<T>): Promise<T> {
    const address = shownAddress(this.url);
    const silent = new TabpodError('data/url-silent', { address, seconds: ms / 1000 });
    const timer = setTimeout(() => this.abort.abort(silent), ms);
    try {
      return await work;
    } catch (cause) {
      if (this.outer?.aborted) throw this.outer.reason;
      if (this.abort.signal.aborted) throw silent;
      throw new TabpodError('data/url-unreachable', { address, detail: detailOf(cause) });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** `fetch` refuses addresses with user info: it travels as a header, which redirects to other hosts do not get. */
function withoutUserInfo(url: URL): { target: URL; authorization: string | undefined } {
  const target = new URL(url);
  target.username = '';
  target.password = '';
  if (url.username === '' && url.password === '') return { target, authorization: undefined };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { target, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The innermost reason: `fetch failed` alone says nothing. Error codes and host names only. */
function detailOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return messageOf(cause);
}

/** Size and offset as the server states them; a server that ignores the range answers 200 with everything. */
function extentOf({ status, headers }: Response, range: ByteRange | undefined): Omit<Answer, 'response'> {
  if (status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
    const size = total === undefined || total === '*' ? undefined : Number(total);
    return { size, partial: true, skip: Math.max(0, (range?.start ?? 0) - Number(start ?? range?.start ?? 0)) };
  }
  const length = headers.get('content-encoding') === null ? headers.get('content-length') : null;
  return { size: length === null ? undefined : Number(length), partial: false, skip: range?.start ?? 0 };
}

/** Leaves out the first `skip` bytes and ends after `length` more. */
async function* cut(parts: AsyncIterable<Uint8Array>, skip: number, length: number): AsyncGenerator<Uint8Array> {
  let position = -skip;
  if (length <= 0) return;
  for await (const part of parts) {
    const from = Math.max(0, -position);
    const to = Math.min(part.length, length - position);
    position += part.length;
    if (from < to) yield part.subarray(from, to);
    if (position >= length) return;
  }
}
