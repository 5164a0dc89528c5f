import type * as vscode from 'vscode';
import { messageOf } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import { type FormAction, type FormToPage, formToHostSchema } from '../../protocol/form.ts';
import type { Lease, SpecRegistry } from '../spec/registry.ts';
import type { Reading, SpecSession } from '../spec/session.ts';
import { showPage } from '../webview-html.ts';
import type { OfferBoard } from './offers.ts';
import { datasetName, planView, profileMessage } from './view.ts';

export interface FormDeps {
  readonly extension: vscode.Uri;
  readonly registry: SpecRegistry;
  readonly offers: OfferBoard;
  readonly log: Log;
  /** Runs an action of the page that is more than reading. */
  act(action: Exclude<FormAction, 'read' | 'reread' | 'offers'>, session: SpecSession): Promise<void>;
}

/** The form over `*.tabpod.json`: a page over a text document that stays the only state. */
export class FormEditor implements vscode.CustomTextEditorProvider {
  readonly #deps: FormDeps;
  readonly #pages = new Map<string, Set<FormPage>>();

  constructor(deps: FormDeps) {
    this.#deps = deps;
  }

  resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): void {
    const key = document.uri.toString();
    const page = new FormPage(panel.webview, this.#deps.registry.hold(document), this.#deps);
    const pages = this.#pages.get(key) ?? new Set();
    this.#pages.set(key, pages.add(page));
    panel.onDidDispose(() => {
      pages.delete(page);
      if (pages.size === 0) this.#pages.delete(key);
      page.dispose();
    });
    showPage(panel.webview, this.#deps.extension, 'form');
  }

  /** Shows beside Submit what is going on with this spec. */
  busy(spec: vscode.Uri, text: string | null): void {
    for (const page of this.#pages.get(spec.toString()) ?? []) page.send({ type: 'busy', text });
  }
}

/** One webview over one spec. */
class FormPage {
  readonly #webview: vscode.Webview;
  readonly #lease: Lease;
  readonly #deps: FormDeps;
  readonly #disposables: vscode.Disposable[] = [];
  #sent: Reading | undefined;

  constructor(webview: vscode.Webview, lease: Lease, deps: FormDeps) {
    this.#webview = webview;
    this.#lease = lease;
    this.#deps = deps;
    const { session } = lease;
    this.#disposables.push(
      webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      session.onDidChangeDocument(({ causedBy }) => {
        this.#sendDocument(causedBy);
        this.#sendOffers();
      }),
      session.onDidDerive(() => this.#sendDerived()),
      deps.offers.onDidChange(() => this.#sendOffers()),
    );
  }

  send(message: FormToPage): void {
    // False when the page is hidden or gone: it asks for everything when it is shown again.
    void this.#webview.postMessage(message);
  }

  async #receive(data: unknown): Promise<void> {
    const parsed = formToHostSchema.safeParse(data);
    if (!parsed.success) {
      this.#deps.log.warn(`the form sent a message that does not fit: ${parsed.error.message}`);
      return;
    }
    const message = parsed.data;
    const { session } = this.#lease;
    switch (message.type) {
      case 'ready':
        this.#sent = undefined;
        this.#sendDocument(null);
        this.#sendDerived();
        this.#sendOffers();
        return;
      case 'edit':
        await session.edit(message.id, message.path, message.value);
        return;
      case 'action':
        await this.#act(message.action);
    }
  }

  async #act(action: FormAction): Promise<void> {
    const { session } = this.#lease;
    switch (action) {
      case 'read':
        session.approve();
        return;
      case 'reread':
        session.reread();
        return;
      case 'offers':
        await this.#deps.offers.refresh();
        return;
      default:
        try {
          await this.#deps.act(action, session);
        } catch (error) {
          this.#deps.log.error(`${action}: ${messageOf(error)}`);
        }
    }
  }

  #sendDocument(causedBy: string | null): void {
    const { session } = this.#lease;
    const { spec, broken } = session.shape;
    this.send({ type: 'place', dataset: datasetName(spec), draft: session.isDraft });
    this.send({ type: 'document', version: session.document.version, causedBy, spec, broken });
  }

  #sendDerived(): void {
    const { reading, verdict } = this.#lease.session;
    // Thousands of columns need not travel again because a number was typed.
    if (reading !== this.#sent) this.send(profileMessage(reading));
    this.#sent = reading;
    this.send({ type: 'verdict', problems: [...verdict.problems], plan: planView(verdict.ready) });
  }

  #sendOffers(): void {
    const compute = this.#lease.session.shape.spec?.compute;
    const wanted =
      typeof compute === 'object' && compute !== null && 'backend' in compute && compute.backend === 'runpod';
    if (wanted) this.send(this.#deps.offers.message());
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#lease.dispose();
  }
}
