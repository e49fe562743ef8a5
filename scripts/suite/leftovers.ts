// Finds and ends the processes a part of the tests left behind. Every process the tests start inherits a mark in its
// environment, so that one which made a session of its own (pm2's daemon, a browser) is found too. Linux only; elsewhere
// the process group must do.
import { readdirSync, readFileSync } from 'node:fs';

export const markName = 'DANMUX_TEST_RUN';

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

export function leftovers(mark: string): Leftover[] {
  return processIds().flatMap((pid) => (pid !== process.pid && isMarked(pid, mark) ? [{ pid, command: commandOf(pid) }] : []));
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

function isMarked(pid: number, mark: string): boolean {
  return read(pid, 'environ').split('\0').includes(`${markName}=${mark}`);
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
export async function endLeftovers(mark: string, graceMs: number): Promise<Leftover[]> {
  const endsAt = Date.now() + graceMs;
  while (leftovers(mark).length > 0 && Date.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 50));
  const left = leftovers(mark);
  // A process that forks while it is being killed leaves a child for the next round.
  for (let round = 0; round < 20 && leftovers(mark).length > 0; round++) {
    for (const { pid } of leftovers(mark)) kill(pid);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return left;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
