import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Called by the extension host: runs every suite beside this file and rejects when a test fails. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, color: false });
  const suites = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.js'));
  for (const name of suites.sort()) mocha.addFile(join(import.meta.dirname, name));
  await mocha.loadFilesAsync();
  await new Promise<void>((done, failed) => {
    mocha.run((failures) => (failures > 0 ? failed(new Error(`${failures} failing`)) : done()));
  });
}
