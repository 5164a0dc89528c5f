// Runs the test tiers: all of them, or the ones named. Ends with one line: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const mocha = ['node_modules/mocha/bin/mocha.js', '--enable-source-maps', '--exit'];
const files = (tier) =>
  existsSync(join(root, 'out', tier))
    ? readdirSync(join(root, 'out', tier))
        .filter((name) => name.endsWith('.test.js'))
        .map((name) => `out/${tier}/${name}`)
    : [];

/** Each tier has a job; `timeout` is only there so that a hang ends. */
const TIERS = {
  lint: () => [
    ['node_modules/@biomejs/biome/bin/biome', 'check', '.'],
    ['node_modules/typescript/bin/tsc', '-p', '.'],
  ],
  unit: () => [[...mocha, '--timeout', '10000', ...files('unit')]],
  contract: () => [[...mocha, '--timeout', '120000', ...files('contract')]],
  scripts: () => [[...mocha, '--timeout', '600000', ...files('scripts')]],
  host: () => [['scripts/vscode.mjs', 'test-host']],
  e2e: () => [[...mocha, '--timeout', '300000', ...files('e2e')]],
};

/** Runs one command of a tier, passing its output on; resolves to its exit code and what it printed. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        text += bytes;
        process.stdout.write(bytes);
      });
    }
    child.on('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

const count = (text, word) =>
  [...text.matchAll(new RegExp(`(\\d+) ${word}`, 'g'))].reduce((sum, match) => sum + Number(match[1]), 0);

const asked = process.argv.slice(2);
const unknown = asked.find((tier) => !(tier in TIERS));
if (unknown) throw new Error(`there is no tier “${unknown}”; the tiers are ${Object.keys(TIERS).join(', ')}`);
const total = { passed: 0, failed: 0, skipped: 0 };
const times = [];
for (const tier of asked.length > 0 ? asked : Object.keys(TIERS)) {
  console.log(`\n== ${tier}`);
  const started = performance.now();
  for (const args of TIERS[tier]()) {
    const { code, text } = await run(args);
    const passed = count(text, 'passing');
    const failed = count(text, 'failing');
    // A tool without a mocha summary counts as one test; one that died has failed, whatever it had counted.
    total.passed += tier === 'lint' && code === 0 ? 1 : passed;
    total.failed += code !== 0 && failed === 0 ? 1 : failed;
    total.skipped += count(text, 'pending');
    if (tier !== 'lint' && passed + failed === 0 && code === 0) {
      console.log(`${tier}: no test ran`);
      total.failed += 1;
    }
  }
  times.push(`${tier} ${Math.round((performance.now() - started) / 1000)} s`);
}
console.log(`\n${times.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
