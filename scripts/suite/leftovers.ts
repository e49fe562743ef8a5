// Finds and ends the processes a part of the tests left behind. Every process the tests start inherits a mark in its
// environment, the run's own folder for temporary files, so that one which made a session of its own (pm2's daemon, a
// browser) is found too. Redis overwrites its environment, but works in that folder. Linux only; elsewhere the process group
// must do.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const markName = 'DANMUX_TEST_RUN';

/** What a process must inherit to be found; `folder` is the run's own. */
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
    // No /proc on this system.
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
    // As below.
    return '';
  }
}

const commandOf = (pid: number) => read(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 160);

// A process may end between the listing and the reading, and others belong to other users: both read as empty.
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Waits up to `graceMs` for them to end by themselves; kills the rest and returns it. */
export async function endLeftovers(folder: string, graceMs: number): Promise<Leftover[]> {
  const endsAt = Date.now() + graceMs;
  while (leftovers(folder).length > 0 && Date.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 50));
  const left = leftovers(folder);
  killLeftovers(folder);
  return left;
}

/** Ends them at once, without giving the event loop a turn, so that it can run as the last thing before an exit. */
export function killLeftovers(folder: string): void {
  // A process that forks while it is being killed leaves a child for the next round.
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
