import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemCode } from '../../base/error.ts';

/** One row of the process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Process group. */
  readonly group: number;
  /** Session, which outlives its leader; 0 where the platform does not tell. */
  readonly session: number;
  /** Tells this process from a later one with the same pid: `<boot>/<start>` on Linux. */
  readonly started: string;
}

/** A process that was started as the leader of a session of its own. */
export interface Leader {
  readonly pid: number;
  readonly started: string;
}

const run = promisify(execFile);

/** The processes of this computer. Zombies count as ended. On Windows only those among `pids`. */
export function processTable(pids: readonly number[]): Promise<readonly ProcessRow[]> {
  if (process.platform === 'linux') return linuxTable();
  return process.platform === 'win32' ? Promise.resolve(windowsTable(pids)) : posixTable();
}

/** The pids of a leader and everything it started that still lives. */
export function familyOf(leader: Leader, table: readonly ProcessRow[]): readonly number[] {
  const now = table.find(({ pid }) => pid === leader.pid);
  // The number belongs to somebody else now, which it cannot while anyone of our session lives.
  if (now && now.started !== leader.started) return [];
  const boot = leader.started.split('/')[0];
  const family = new Set<number>(now ? [now.pid] : []);
  for (const { pid, session, started } of table) {
    if (session === leader.pid && started.split('/')[0] === boot) family.add(pid);
  }
  for (let size = -1; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent, group } of table) {
      if (family.has(parent) || (family.has(group) && group !== 0)) family.add(pid);
    }
  }
  return [...family];
}

/** Sends a signal; fine when the process is gone. On Windows every signal ends the process and its children. */
export async function signalProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (process.platform === 'win32') {
    // It fails when there is no such process.
    await run('taskkill', ['/T', '/F', '/PID', String(pid)]).catch(() => undefined);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

async function linuxTable(): Promise<readonly ProcessRow[]> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid) => {
      try {
        return linuxRow(await readFile(`/proc/${pid}/stat`, 'utf8'), boot);
      } catch {
        // It ended while the table was read.
        return undefined;
      }
    }),
  );
  return rows.filter((row) => row !== undefined);
}

/** Reads `/proc/<pid>/stat` (proc(5)); `undefined` for a zombie. */
export function linuxRow(stat: string, boot: string): ProcessRow | undefined {
  // The second field is a name in parentheses that may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started: `${boot}/${fields[19]}`,
  };
}

async function posixTable(): Promise<readonly ProcessRow[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state=,lstart='], { env: { LC_ALL: 'C' } });
  return stdout.split('\n').flatMap((line) => psRow(line) ?? []);
}

/** Reads a line of `ps -o pid=,ppid=,pgid=,state=,lstart=`; `undefined` for a zombie or an empty line. */
export function psRow(line: string): ProcessRow | undefined {
  const [, pid, parent, group, state, started] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
  if (!started || state?.startsWith('Z')) return undefined;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), session: 0, started };
}

function windowsTable(pids: readonly number[]): readonly ProcessRow[] {
  return pids.filter(isAlive).map((pid) => ({ pid, parent: 0, group: 0, session: 0, started: '' }));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
