import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { applyEdits, type JSONPath } from 'jsonc-parser';
import * as vscode from 'vscode';
import { messageOf } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import type { Profile } from '../../core/profile/schema.ts';
import { type DatasetRef, datasetRefSchema } from '../../core/spec/schema.ts';
import { editsFor } from './edit.ts';
import { type Judge, judge, type Ready, type Verdict } from './judge.ts';
import type { Profiles } from './profiles.ts';
import { type Shape, shapeOf } from './shape.ts';

export interface SessionDeps {
  readonly profiles: Profiles;
  readonly log: Log;
  /** Folder of the drafts: specs there are this user's own and are saved after each change. */
  readonly drafts: string;
  judge(): Judge;
}

export type Reading =
  | { readonly state: 'none' }
  /** Nothing is read before the user agrees: the dataset lies outside the workspace or on the network. */
  | { readonly state: 'asking'; readonly what: string }
  | { readonly state: 'reading'; readonly profile: Profile | undefined }
  | { readonly state: 'ready'; readonly profile: Profile }
  | { readonly state: 'failed'; readonly text: string };

export interface DocumentChange {
  readonly causedBy: string | null;
}

/** One open spec: its document, what is known of its dataset, and what follows from both. Shared by form and preview. */
export class SpecSession {
  readonly document: vscode.TextDocument;
  readonly #deps: SessionDeps;
  readonly #documentChanged = new vscode.EventEmitter<DocumentChange>();
  readonly #derived = new vscode.EventEmitter<void>();
  readonly onDidChangeDocument = this.#documentChanged.event;
  /** The reading or the verdict is another one. */
  readonly onDidDerive = this.#derived.event;
  #reading: Reading = { state: 'none' };
  #verdict: Verdict = { problems: [], spec: undefined, ready: undefined };
  #datasetRead = '';
  #approved = '';
  #abort = new AbortController();
  #edits: Promise<unknown> = Promise.resolve();
  #saved: Thenable<unknown> = Promise.resolve();
  #cause: string | null = null;

  constructor(document: vscode.TextDocument, deps: SessionDeps) {
    this.document = document;
    this.#deps = deps;
    this.#derive();
  }

  get reading(): Reading {
    return this.#reading;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** The document as the form shows it. */
  get shape(): Shape {
    return shapeOf(this.document.getText(), this.name);
  }

  get name(): string {
    return basename(this.document.uri.path);
  }

  get isDraft(): boolean {
    return this.document.uri.scheme === 'file' && dirname(this.document.uri.fsPath) === this.#deps.drafts;
  }

  /** Paths in the spec are relative to this folder. */
  get folder(): string {
    const { uri } = this.document;
    if (uri.scheme === 'file') return dirname(uri.fsPath);
    return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? this.#deps.drafts;
  }

  /** What the session can submit, once the whole dataset was read; `undefined` when something is wrong. */
  async settled(): Promise<Ready | undefined> {
    await this.#edits;
    await this.#saved;
    while (this.#reading.state === 'reading') {
      await new Promise<void>((done) => {
        const listener = this.onDidDerive(() => {
          listener.dispose();
          done();
        });
      });
    }
    return this.#verdict.ready;
  }

  /** Sets one place of the document by the smallest change of its text; `undefined` removes it. */
  edit(id: string, path: JSONPath, value: unknown): Promise<void> {
    const next = this.#edits.then(() => this.#edit(id, path, value));
    this.#edits = next.catch((error: unknown) => this.#deps.log.error(`edit of ${this.name}: ${messageOf(error)}`));
    return next;
  }

  async #edit(id: string, path: JSONPath, value: unknown): Promise<void> {
    const { document } = this;
    const text = document.getText();
    const edits = editsFor(text, path, value);
    if (applyEdits(text, edits) === text) {
      this.#documentChanged.fire({ causedBy: id });
      return;
    }
    const change = new vscode.WorkspaceEdit();
    for (const { offset, length, content } of edits) {
      const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
      change.replace(document.uri, range, content);
    }
    this.#cause = id;
    try {
      await vscode.workspace.applyEdit(change);
    } finally {
      this.#cause = null;
    }
  }

  /** The document's text changed, by an edit of the form or by anything else. */
  changed(): void {
    this.#documentChanged.fire({ causedBy: this.#cause });
    this.#derive();
    // No save question for a draft, and undo still works.
    if (this.isDraft) this.#saved = this.#saved.then(() => this.document.save());
  }

  /** The user agreed to read the dataset that was asked about. */
  approve(): void {
    this.#approved = datasetKey(this.#dataset());
    this.#datasetRead = '';
    this.#derive();
  }

  /** Reads the dataset again from its first byte. */
  reread(): void {
    this.#deps.profiles.forget();
    this.#datasetRead = '';
    this.#derive();
  }

  dispose(): void {
    this.#abort.abort();
    this.#documentChanged.dispose();
    this.#derived.dispose();
  }

  #dataset(): DatasetRef | undefined {
    return datasetRefSchema.safeParse(this.shape.spec?.dataset).data;
  }

  #derive(): void {
    const ref = this.#dataset();
    if (datasetKey(ref) !== this.#datasetRead) {
      this.#datasetRead = datasetKey(ref);
      this.#startReading(ref);
    }
    this.#judge();
  }

  #judge(): void {
    const profile = 'profile' in this.#reading ? this.#reading.profile : undefined;
    this.#verdict = judge(this.document.getText(), this.name, profile, this.#deps.judge());
    this.#derived.fire();
  }

  #startReading(ref: DatasetRef | undefined): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    if (!ref) this.#reading = { state: 'none' };
    else if (this.#mayRead(ref)) void this.#read(ref, this.#abort.signal);
    else this.#reading = { state: 'asking', what: 'path' in ref ? resolve(this.folder, ref.path) : addressOf(ref) };
  }

  /** Opening somebody's spec makes no request and reads nothing outside the workspace before a click that names it. */
  #mayRead(ref: DatasetRef): boolean {
    if (this.isDraft || this.#approved === datasetKey(ref)) return true;
    if (!('path' in ref)) return false;
    const path = resolve(this.folder, ref.path);
    return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => {
      const inside = relative(uri.fsPath, path);
      return uri.scheme === 'file' && !inside.startsWith('..') && !isAbsolute(inside);
    });
  }

  async #read(ref: DatasetRef, signal: AbortSignal): Promise<void> {
    this.#reading = { state: 'reading', profile: undefined };
    try {
      let last: Profile | undefined;
      for await (const profile of this.#deps.profiles.read(ref, this.folder, signal)) {
        if (signal.aborted) return;
        last = profile;
        this.#reading = { state: 'reading', profile };
        this.#judge();
      }
      if (last) this.#reading = { state: 'ready', profile: last };
    } catch (error) {
      if (signal.aborted) return;
      this.#reading = { state: 'failed', text: this.#deps.judge().explain(error) };
    }
    this.#judge();
  }
}

function datasetKey(ref: DatasetRef | undefined): string {
  return ref ? JSON.stringify(ref) : 'none';
}

function addressOf(ref: Exclude<DatasetRef, { path: string }>): string {
  return 'url' in ref ? ref.url : ref.key;
}
