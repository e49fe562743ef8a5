// CPU time and memory of a process as the kernel reports them. Linux only; elsewhere they are zero and missing in the report.
import { readFileSync } from 'node:fs';

export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** The kernel reports CPU time in hundredths of a second (USER_HZ). */
const ticksPerSecond = 100;

/** The sum over all processes that still run. */
export function usageOf(pids: readonly number[]): Usage {
  const each = pids.map((pid) => usageOfOne(pid));
  return { cpuSeconds: each.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0), rssBytes: each.reduce((sum, { rssBytes }) => sum + rssBytes, 0) };
}

function usageOfOne(pid: number): Usage {
  try {
    return { cpuSeconds: cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8')), rssBytes: rssIn(readFileSync(`/proc/${pid}/status`, 'utf8')) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return { cpuSeconds: 0, rssBytes: 0 };
    throw error;
  }
}

/** Reads /proc/PID/stat. The process name in parentheses may contain any character; utime and stime are the 12th and 13th field after it. */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function rssIn(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
}
