import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser, type Server, startServer, tabpodEnvironment } from '../../scripts/vscode.mjs';
import { until } from '../contract/until.ts';

/** Longest wait for something that only has to be drawn. */
const DRAWN_MS = 30_000;
/** Longest wait for a job: its first one builds a Python environment. */
export const JOB_MS = 240_000;

export interface Scheme {
  readonly colorScheme: 'light' | 'dark';
  readonly forcedColors?: 'active';
}

export interface WindowOptions {
  readonly folder: string;
  readonly home: string;
  /** What the operating system prefers; VS Code follows it. */
  readonly scheme?: Scheme;
  readonly environment?: Readonly<Record<string, string>>;
  readonly restricted?: boolean;
}

/** A VS Code window with the extension in it, as a user sees it. */
export class Workbench {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: Server;

  private constructor(server: Server, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.page = page;
  }

  static async open({ folder, home, scheme, environment = {}, restricted = false }: WindowOptions): Promise<Workbench> {
    const server = await startServer({
      settings: { 'security.workspace.trust.startupPrompt': 'never', 'window.autoDetectColorScheme': true },
      environment: { ...tabpodEnvironment(home), ...environment },
      restricted,
    });
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...scheme });
    page.setDefaultTimeout(DRAWN_MS);
    const workbench = new Workbench(server, browser, page);
    try {
      await page.goto(server.url(folder));
      await page.getByRole('tab', { name: 'Tabpod' }).waitFor();
      // Its banner comes late, and pushes everything down: a click on its way would meet the row above.
      if (restricted) await page.getByText('Restricted Mode is intended for safe code browsing.').waitFor();
      return workbench;
    } catch (error) {
      await workbench.close();
      throw error;
    }
  }

  /** Takes steps in a window of their own; when one fails, a picture of that moment is kept. */
  static async use(options: WindowOptions, steps: (window: Workbench) => Promise<void>): Promise<void> {
    const window = await Workbench.open(options);
    try {
      await steps(window);
    } catch (error) {
      await window.picture(`failed-${basename(options.folder)}`);
      throw error;
    } finally {
      await window.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }

  /** Keeps a picture of the window for people to judge. */
  async picture(name: string): Promise<void> {
    const folder = join(process.cwd(), 'out', 'screenshots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** Double-clicks a file in the explorer. */
  async openInExplorer(file: string): Promise<void> {
    await this.page.locator('.explorer-folders-view').getByText(file, { exact: true }).dblclick();
    await this.page.locator('.tab').getByText(file).waitFor();
  }

  /** Right-clicks a file in the explorer and chooses an entry. */
  async chooseInExplorer(file: string, entry: string): Promise<void> {
    await this.page.locator('.explorer-folders-view').getByText(file, { exact: true }).click({ button: 'right' });
    await this.chooseInMenu(entry);
  }

  /**
   * Chooses an entry of the menu that is open. A menu that has just opened takes a click for the end of the click that
   * opened it, and a key for nobody's: it is pressed until the menu is gone.
   */
  async chooseInMenu(entry: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: entry });
    await item.waitFor();
    await until(`the menu took “${entry}”`, async () => {
      if (!(await item.isVisible())) return true;
      await item.hover();
      await this.page.keyboard.press('Enter');
      return await item.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /** Runs a command from the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input[type="text"]').fill(`>${title}`);
    await this.page.locator('.quick-input-list').getByRole('option', { name: title }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** The page of the custom editor that is in front. */
  get editor(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  }

  /** The view *Jobs* or *Pods*. */
  view(name: 'Jobs' | 'Pods'): Locator {
    return this.page.locator('.pane').filter({ has: this.page.getByRole('button', { name: `${name} Section` }) });
  }

  async openTabpod(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Tabpod' }).click();
  }

  /** Waits for a notification that says this, and opens it: under the test driver none pops up by itself. */
  async notified(text: RegExp): Promise<void> {
    await this.page
      .locator('.monaco-aria-container')
      .getByText(text)
      .first()
      .waitFor({ timeout: JOB_MS, state: 'attached' });
    await this.page.locator('[id="status.notifications"]').click();
    await this.page.locator('.notifications-center').getByText(text).first().waitFor();
  }

  /** Text of the source editor in sight. */
  get source(): Locator {
    return this.page.locator('.monaco-editor .view-lines');
  }

  /** Presses a button of the dialog that is open. */
  async answer(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button }).click();
  }
}
