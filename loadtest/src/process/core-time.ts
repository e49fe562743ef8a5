// How busy a core was with anything at all, to tell what other programs took from a measurement. Linux only.
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Seconds the core was not idle since the machine began; 0 where that cannot be known. */
export function busySeconds(core: number | undefined): number {
  if (core === undefined) return 0;
  try {
    return busySecondsIn(readFileSync('/proc/stat', 'utf8'), core);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Fields: user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user. */
export function busySecondsIn(stat: string, core: number): number {
  const line = stat.split('\n').find((text) => text.startsWith(`cpu${core} `)) ?? '';
  const fields = line.split(' ').slice(1, 9).map(Number);
  return fields.reduce((sum, ticks, at) => (at === 3 || at === 4 ? sum : sum + ticks), 0) / ticksPerSecond;
}
