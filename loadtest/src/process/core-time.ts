// Busy time of a core by all programs, which shows the share of other programs in a measurement. Linux only.
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Seconds the core has been busy since boot; 0 where it cannot be read. */
export function busySeconds(core: number | undefined): number {
  if (core === undefined) return 0;
  try {
    return busySecondsIn(readFileSync('/proc/stat', 'utf8'), core);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Fields: user, nice, system, idle, iowait, irq, softirq, steal; user includes guest time. */
export function busySecondsIn(stat: string, core: number): number {
  const line = stat.split('\n').find((text) => text.startsWith(`cpu${core} `)) ?? '';
  const fields = line.split(' ').slice(1, 9).map(Number);
  return fields.reduce((sum, ticks, at) => (at === 3 || at === 4 ? sum : sum + ticks), 0) / ticksPerSecond;
}
