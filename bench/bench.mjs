// `npm run bench -- quality|overhead|cold-start|job|table [OPTION…]`; `bench/README.md` says what each measures.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const PROGRAMS = {
  quality: 'quality.py',
  overhead: 'overhead.py',
  'cold-start': 'cold_start.py',
  job: 'job.mjs',
  table: 'table.py',
};

const [name = '', ...options] = process.argv.slice(2);
const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
if (!program) {
  console.error(`usage: npm run bench -- ${Object.keys(PROGRAMS).join('|')} [OPTION…]`);
  process.exit(2);
}
const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
const python = join(import.meta.dirname, '..', '.cache', 'bench', 'venv', bin, 'python');
const command = program.endsWith('.py') ? python : process.execPath;
spawn(command, [join(import.meta.dirname, program), ...options], { stdio: 'inherit' }).on('close', (code) =>
  process.exit(code ?? 1),
);
