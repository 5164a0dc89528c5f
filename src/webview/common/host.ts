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
  /** What `remember` kept when this page was hidden or reloaded. */
  remembered(): unknown;
  remember(state: unknown): void;
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
  return {
    send: (message) => api.postMessage(message),
    remembered: () => api.getState(),
    remember: (state) => api.setState(state),
  };
}
