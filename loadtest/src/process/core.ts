// Pins a process to one core, so that server and clients do not compete for CPU. Linux only; elsewhere nothing is pinned, and the
// report mentions it.
import { execFileSync } from 'node:child_process';
import { availableParallelism, platform } from 'node:os';

export interface Cores {
  readonly server: number | undefined;
  readonly clients: number | undefined;
}

/** Core 0 for servers, core 1 for clients; no pinning where it is not possible. */
export function chooseCores(pin: boolean): Cores {
  const can = pin && platform() === 'linux' && availableParallelism() >= 2;
  return can ? { server: 0, clients: 1 } : { server: undefined, clients: undefined };
}

export type Command = readonly [command: string, ...args: string[]];

export function onCore(core: number | undefined, command: Command): Command {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command];
}

/** Pins this process. */
export function moveToCore(core: number | undefined): void {
  if (core !== undefined) execFileSync('taskset', ['-a', '-cp', String(core), String(process.pid)], { stdio: 'ignore' });
}
