// Builds Tabpod: `node esbuild.mjs` the product; `--tools` the emulated RunPod too; `--tests` all the tests need;
// `--watch` keeps going.
// Prints what each bundle weighs and fails above the budget.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import Handlebars from 'handlebars';

/** KiB, minified. The start-up path is what VS Code loads before the first click. */
const BUDGET_KIB = { 'extension.js with its static imports': 16, 'largest webview': 100, 'all of dist': 1300 };

/** Handlebars templates are compiled here, so that nothing compiles code at run time. */
const handlebars = {
  name: 'handlebars',
  setup(build) {
    build.onLoad({ filter: /\.hbs$/ }, ({ path }) => {
      const spec = Handlebars.precompile(readFileSync(path, 'utf8'), { strict: true, noEscape: true });
      return {
        contents: `import runtime from 'handlebars/runtime.js';\nexport default runtime.template(${String(spec)});`,
        loader: 'js',
        resolveDir: import.meta.dirname,
      };
    });
  },
};

const shared = {
  bundle: true,
  format: 'esm',
  target: 'node20',
  platform: 'node',
  plugins: [handlebars],
  loader: { '.py': 'text', '.sh': 'text', '.txt': 'file' },
  assetNames: 'locks/[name]',
  external: ['vscode'],
  // ES modules where a package has them: some CommonJS builds cannot be bundled.
  mainFields: ['module', 'main'],
  // CommonJS dependencies inside an ES module bundle still call require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
  sourcemap: true,
  sourcesContent: false,
};

const product = {
  ...shared,
  entryPoints: {
    extension: 'src/extension.ts',
    cli: 'src/cli/main.ts',
    'profile-worker': 'src/data/profile-worker.ts',
  },
  outdir: 'dist',
  splitting: true,
  minify: true,
  metafile: true,
};

const webview = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'chrome120',
  entryPoints: readdirSync('src/webview')
    .filter((name) => /^[a-z]+\.tsx$/.test(name))
    .map((name) => `src/webview/${name}`),
  outdir: 'dist/webview',
  minify: true,
  metafile: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
};

const TIERS = ['unit', 'scripts', 'contract', 'host', 'e2e'];

function workerEntry() {
  return existsSync('src/data/profile-worker.ts') ? { 'profile-worker': 'src/data/profile-worker.ts' } : {};
}

/** One flat folder a tier; the profile worker lies beside the bundles, as in dist. */
function tests(tier) {
  const folder = `test/${tier}`;
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
  const entries = files
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => [basename(name, '.ts'), `${folder}/${name}`]);
  if (tier === 'host' && existsSync('test/host/index.ts')) entries.push(['index', 'test/host/index.ts']);
  return {
    ...shared,
    entryPoints: { ...Object.fromEntries(entries), ...workerEntry() },
    outdir: `out/${tier}`,
    splitting: true,
    packages: 'external',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  };
}

/** Tools of the tests that run as processes of their own. */
const tools = {
  ...shared,
  entryPoints: { emulator: 'test/emulator/main.ts' },
  outdir: 'out/tools',
  splitting: true,
  packages: 'external',
};

function kib(bytes) {
  return Math.round(bytes / 102.4) / 10;
}

/** Bytes of an output and of everything it imports statically. */
function staticSize(outputs, name, seen = new Set()) {
  if (seen.has(name) || !outputs[name]) return 0;
  seen.add(name);
  const next = outputs[name].imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
  return outputs[name].bytes + next.reduce((sum, path) => sum + staticSize(outputs, path, seen), 0);
}

function checkBudget(productMeta, webviewMeta) {
  const outputs = Object.fromEntries(Object.entries(productMeta.outputs).filter(([name]) => name.endsWith('.js')));
  const pages = Object.entries(webviewMeta?.outputs ?? {}).filter(([name]) => name.endsWith('.js'));
  const sizes = {
    'extension.js with its static imports': staticSize(outputs, 'dist/extension.js'),
    'largest webview': Math.max(0, ...pages.map(([, { bytes }]) => bytes)),
    'all of dist': [...Object.values(outputs), ...pages.map(([, value]) => value)].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    ),
  };
  let over = false;
  for (const [what, bytes] of Object.entries(sizes)) {
    const verdict = kib(bytes) > BUDGET_KIB[what] ? 'OVER BUDGET' : 'ok';
    console.log(`${what.padEnd(40)} ${String(kib(bytes)).padStart(8)} KiB of ${BUDGET_KIB[what]}  ${verdict}`);
    over ||= verdict !== 'ok';
  }
  if (over) throw new Error('a bundle is over its budget (BUDGET_KIB in esbuild.mjs)');
}

/** The JSON schema that VS Code checks `*.tabpod.json` with, from the very schema that Tabpod parses it with. */
async function writeSpecSchema() {
  const outfile = 'out/build/json-schema.js';
  await esbuild.build({ ...shared, entryPoints: ['src/core/spec/json-schema.ts'], outfile, sourcemap: false });
  const module = await import(pathToFileURL(outfile));
  writeFileSync('dist/spec.schema.json', `${JSON.stringify(module.specJsonSchema(), null, 2)}\n`);
}

const only = process.argv.indexOf('--only');
if (only > 0) {
  // A few test files by themselves, without touching what others use: prints the folder of the bundles.
  const files = process.argv.slice(only + 1);
  const outdir = `out/only-${process.pid}`;
  const entryPoints = Object.fromEntries(files.map((file) => [basename(file, '.ts'), file]));
  await esbuild.build({ ...tests('only'), entryPoints: { ...entryPoints, ...workerEntry() }, outdir });
  console.log(outdir);
  process.exit(0);
}
rmSync('dist', { recursive: true, force: true });
const withTests = process.argv.includes('--tests');
const withTools = withTests || process.argv.includes('--tools');
const configs = [product, ...(webview.entryPoints.length ? [webview] : [])];
if (withTests) {
  rmSync('out', { recursive: true, force: true });
  configs.push(...TIERS.map(tests));
}
if (withTools) configs.push(tools);
if (process.argv.includes('--watch')) {
  await Promise.all(configs.map(async (config) => (await esbuild.context(config)).watch()));
} else {
  const [productResult, webviewResult] = await Promise.all(configs.map((config) => esbuild.build(config)));
  await writeSpecSchema();
  checkBudget(productResult.metafile, webview.entryPoints.length ? webviewResult.metafile : undefined);
}
