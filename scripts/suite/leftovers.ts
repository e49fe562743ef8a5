// Finds and ends the processes that a part of the tests left behind. Every process of the tests inherits the run's temporary folder in
// its environment, so that daemons with a session of their own (pm2, browsers) are found too. Redis overwrites its environment, but its
// working directory is in that folder. Linux only; on other systems only the process group is ended.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const markName = 'DANMUX_TEST_RUN';

/** The environment variable by which processes are found; `folder` is the temporary folder of the run. */
export const markOf = (folder: string) => ({ TMPDIR: folder, [markName]: folder });

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

export function leftovers(folder: string): Leftover[] {
  return processIds().flatMap((pid) => (pid !== process.pid && isMarked(pid, folder) ? [{ pid, command: commandOf(pid) }] : []));
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    // This system has no /proc.
    return [];
  }
}

function isMarked(pid: number, folder: string): boolean {
  const cwd = workingFolder(pid);
  return cwd === folder || cwd.startsWith(`${folder}/`) || read(pid, 'environ').split('\0').includes(`${markName}=${folder}`);
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // The process has ended, or belongs to another user.
    return '';
  }
}

const commandOf = (pid: number) => read(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 160);

// A process may end between listing and reading, or belong to another user: both read as empty.
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Waits up to `graceMs` for the processes to end, kills the remaining ones and returns them. */
export async function endLeftovers(folder: string, graceMs: number): Promise<Leftover[]> {
  const endsAt = Date.now() + graceMs;
  while (leftovers(folder).length > 0 && Date.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 50));
  const left = leftovers(folder);
  killLeftovers(folder);
  return left;
}

/** Kills the remaining processes. It is synchronous, so that an exit handler can call it. */
export function killLeftovers(folder: string): void {
  // Repeat, because a process may fork while it is being killed.
  for (let round = 0; round < 20; round++) {
    const left = leftovers(folder);
    if (left.length === 0) return;
    for (const { pid } of left) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
