import * as vscode from 'vscode';
import { type SessionDeps, SpecSession } from './session.ts';

interface Held {
  readonly session: SpecSession;
  users: number;
}

export interface Lease extends vscode.Disposable {
  readonly session: SpecSession;
}

/** The open specs. A session lives while a form, a preview or a command holds it. */
export class SpecRegistry {
  readonly #deps: SessionDeps;
  readonly #held = new Map<string, Held>();
  readonly #listener: vscode.Disposable;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      // Saving and marking as dirty are told as changes too, without any.
      if (contentChanges.length > 0) this.#held.get(document.uri.toString())?.session.changed();
    });
  }

  /** The session of a spec, made when there is none. Dispose the lease when done. */
  async open(uri: vscode.Uri): Promise<Lease> {
    return this.hold(await vscode.workspace.openTextDocument(uri));
  }

  hold(document: vscode.TextDocument): Lease {
    const key = document.uri.toString();
    const held = this.#held.get(key) ?? { session: new SpecSession(document, this.#deps), users: 0 };
    this.#held.set(key, held);
    held.users += 1;
    let released = false;
    return {
      session: held.session,
      dispose: () => {
        if (released) return;
        released = true;
        held.users -= 1;
        if (held.users > 0) return;
        this.#held.delete(key);
        held.session.dispose();
      },
    };
  }

  dispose(): void {
    this.#listener.dispose();
    for (const { session } of this.#held.values()) session.dispose();
    this.#held.clear();
  }
}
