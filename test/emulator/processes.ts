import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** Killed processes may have started others a moment before: so many sweeps find those too. */
const SWEEPS = 10;

/**
 * Ends a process with everything it started, as the end of a container does: its group, its descendants even in
 * sessions of their own, and orphans that still carry `marker` in their environment (Linux).
 */
export async function killTree(pid: number, marker: string): Promise<void> {
  const killed = new Set<number>();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const found = (await treeOf(pid, marker)).filter((one) => !killed.has(one));
    if (found.length === 0) return;
    for (const one of found) {
      killed.add(one);
      kill(one);
    }
  }
}

async function treeOf(pid: number, marker: string): Promise<number[]> {
  const [rows, orphans] = await Promise.all([processTable(), carriers(marker)]);
  const tree = new Set([pid, ...orphans]);
  let before = 0;
  while (before !== tree.size) {
    before = tree.size;
    for (const row of rows) {
      if (tree.has(row.parent) || row.group === pid) tree.add(row.pid);
    }
  }
  return [...tree];
}

async function processTable(): Promise<Row[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { maxBuffer: 1 << 24 });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, group = 0]) => ({ pid, parent, group }));
}

/** Processes whose environment holds `marker`; none where there is no /proc. */
async function carriers(marker: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const carries = async (pid: string) =>
    (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(marker) ? [Number(pid)] : [];
  return (await Promise.all(pids.map(carries))).flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** A process that kills group `pid` when this process dies in whatever way, so that no pod outlives its emulator. */
export function guardGroup(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', 'cat >/dev/null; kill -s KILL -- "-$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: process.env.PATH },
  });
  guard.unref();
  return guard;
}
