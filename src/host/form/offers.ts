import * as vscode from 'vscode';
import type { Tabpod } from '../../app/tabpod.ts';
import type { FormMessage } from '../../protocol/form.ts';

type Message = FormMessage<'offers'>;

export interface OfferDeps {
  readonly tabpod: Pick<Tabpod, 'offers'>;
  connected(): Promise<boolean>;
  explain(error: unknown): string;
}

/** GPUs beside the volume with price and stock, read when a form first asks and when the user refreshes. */
export class OfferBoard {
  readonly #deps: OfferDeps;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #message: Message = { type: 'offers', state: 'none', text: '', offers: [] };

  constructor(deps: OfferDeps) {
    this.#deps = deps;
  }

  /** What is known now; the first call starts reading. */
  message(): Message {
    if (this.#message.state === 'none') void this.refresh();
    return this.#message;
  }

  /** The offers as they were read last, the cheapest first. */
  get offers(): Message['offers'] {
    return this.#message.offers;
  }

  /** Forgets the offers of the account that was connected before. */
  reset(): void {
    if (this.#message.state !== 'none') void this.refresh();
  }

  async refresh(): Promise<void> {
    if (this.#message.state === 'reading') return;
    this.#show({ ...this.#message, state: 'reading', text: vscode.l10n.t('Reading prices and stock…') });
    this.#show(await this.#read());
  }

  async #read(): Promise<Message> {
    try {
      if (!(await this.#deps.connected())) return { type: 'offers', state: 'disconnected', text: '', offers: [] };
      const offers = [...(await this.#deps.tabpod.offers())].sort((a, b) => a.pricePerHour - b.pricePerHour);
      return { type: 'offers', state: 'ready', text: '', offers: offers.map((offer) => ({ ...offer })) };
    } catch (error) {
      return { type: 'offers', state: 'failed', text: this.#deps.explain(error), offers: [] };
    }
  }

  #show(message: Message): void {
    this.#message = message;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
