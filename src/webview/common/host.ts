/** What VS Code gives a webview. */
interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): WebviewApi;

const api = acquireVsCodeApi();

export interface Host<ToHost> {
  send(message: ToHost): void;
}

/** Connects a page to its host: messages that do not fit the schema are dropped. */
export function connect<ToHost, ToPage>(
  parse: (message: unknown) => ToPage | undefined,
  receive: (message: ToPage) => void,
): Host<ToHost> {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parse(data);
    if (message !== undefined) receive(message);
  });
  return { send: (message) => api.postMessage(message) };
}

type Kept = Readonly<Record<string, unknown>>;

function kept(): Kept {
  const state = api.getState();
  return typeof state === 'object' && state !== null ? { ...state } : {};
}

/** What `keep` kept under this name before the page was hidden or reloaded; `initial` when it was of another kind. */
export function recall<T extends string | number | boolean>(name: string, initial: T): T {
  const value = kept()[name];
  return typeof value === typeof initial ? (value as T) : initial;
}

/** Keeps a detail of the view, never anything of the document. */
export function keep(name: string, value: string | number | boolean): void {
  api.setState({ ...kept(), [name]: value });
}
