// The machine a run was made on, since figures without it mean nothing.
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Machine } from './report.ts';

export function describeMachine(pinned: boolean): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    // Those this process may run on are fewer by now.
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    pinned,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
