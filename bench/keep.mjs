import { appendFileSync, mkdirSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const cache = join(import.meta.dirname, '..', '.cache', 'bench');
const started = new Date().toISOString();
const SYSTEMS = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' };

/** Appends one result to a bench's file, with the day, the machine and the command, as `common.py` does. */
export function keep(bench, result) {
  mkdirSync(cache, { recursive: true });
  const memory = Math.round(totalmem() / 2 ** 30);
  const system = SYSTEMS[process.platform] ?? process.platform;
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, ${memory} GB, ${system}`;
  const command = ['npm run bench --', bench, ...process.argv.slice(2)].join(' ');
  const line = { ...result, started, date: started.slice(0, 10), machine, command };
  appendFileSync(join(cache, `${bench}.jsonl`), `${JSON.stringify(line)}\n`);
}
