import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import { SECRETS } from '../ids.ts';

const accountSchema = z.object({
  apiKey: z.string().check(z.minLength(1)),
  s3AccessKey: z.string().check(z.minLength(1)),
  s3SecretKey: z.string().check(z.minLength(1)),
  volumeId: z.string().check(z.minLength(1)),
});
export type StoredAccount = z.infer<typeof accountSchema>;

/** The connected account, kept whole under one name of VS Code's SecretStorage. */
export class AccountStore {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async read(): Promise<StoredAccount | undefined> {
    const text = await this.#secrets.get(SECRETS.account);
    if (text === undefined) return undefined;
    try {
      return accountSchema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  async write(account: StoredAccount): Promise<void> {
    await this.#secrets.store(SECRETS.account, JSON.stringify(account));
  }

  async clear(): Promise<void> {
    await this.#secrets.delete(SECRETS.account);
  }

  /** Calls back when the account changed, in this window or another. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key === SECRETS.account) listener();
    });
  }
}
