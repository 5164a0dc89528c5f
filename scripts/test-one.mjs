// Runs some test files alone: `npm run test:one -- test/unit/literal.test.ts [mocha options]`.
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const files = process.argv.slice(2).filter((argument) => argument.endsWith('.ts'));
const options = process.argv.slice(2).filter((argument) => !argument.endsWith('.ts'));
const built = execFileSync(process.execPath, ['esbuild.mjs', '--only', ...files], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
const folder = built.trim().split('\n').at(-1) ?? '';
const mocha = [
  'node_modules/mocha/bin/mocha.js',
  '--enable-source-maps',
  '--timeout',
  '120000',
  ...options,
  `${folder}/*.test.js`,
];
const { status } = spawnSync(process.execPath, mocha, { stdio: 'inherit' });
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);
