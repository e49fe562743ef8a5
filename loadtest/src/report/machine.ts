// Describes the machine of a run, without which the figures mean nothing.
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Machine } from './report.ts';

export function describeMachine(pinned: boolean): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    // This process is pinned by now, so availableParallelism() would be too low.
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    pinned,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
