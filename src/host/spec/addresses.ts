import type * as vscode from 'vscode';
import { bareAddress } from '../../core/spec/address.ts';
import { SECRETS } from '../ids.ts';

/** Whole dataset addresses in VS Code's SecretStorage: user info and query never reach a file. */
export class AddressStore {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async read(bare: string): Promise<string | undefined> {
    return await this.#secrets.get(`${SECRETS.address}${bare}`);
  }

  /** Keeps an address, and returns the bare one that a spec may hold. The last one given for a bare address counts. */
  async keep(address: string): Promise<string> {
    const bare = bareAddress(address);
    const name = `${SECRETS.address}${bare}`;
    if (address === bare) await this.#secrets.delete(name);
    else await this.#secrets.store(name, address);
    return bare;
  }
}
