// Runs a program in a process group of its own and ends the whole group after the program, at the time limit, and when this process
// gets a signal. The program inherits stdout and stderr.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { markOf } from './leftovers.ts';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Discards the output of the program; for the tests of this file. */
  readonly quiet?: boolean;
}

export interface Ended {
  /** Exit code; null when a signal ended the program. */
  readonly code: number | null;
  readonly timedOut: boolean;
}

const running = new Set<ChildProcess>();

export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const child = startProgram(command, args, options);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    console.error(`\n${command} ${args[0] ?? ''}: stopped at its time limit of ${options.timeoutMs / 1_000} s`);
    void endProgram(child);
  }, options.timeoutMs);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, timedOut };
  } catch (error) {
    console.error(`${command} did not start: ${(error as Error).message}`);
    return { code: null, timedOut };
  } finally {
    clearTimeout(timer);
    killGroup(child, 'SIGKILL');
    running.delete(child);
  }
}

export function startProgram(command: string, args: readonly string[], { cwd, env, quiet = false }: Omit<ProgramOptions, 'timeoutMs'>): ChildProcess {
  const output = quiet ? 'ignore' : 'inherit';
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', output, output], detached: true });
  running.add(child);
  return child;
}

/** Sends SIGTERM to the group, and SIGKILL after 5 s. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    const timer = setTimeout(() => killGroup(child, 'SIGKILL'), 5_000);
    killGroup(child, 'SIGTERM');
    await ended;
    clearTimeout(timer);
  }
  killGroup(child, 'SIGKILL');
  running.delete(child);
}

/** Kills every running group. */
export function killAll(): void {
  for (const child of running) killGroup(child, 'SIGKILL');
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The environment of test programs: without variables that point to an existing cluster, and with the temporary folder of the run. */
export function testEnvironment(folder: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  // DANMUX_CI_RUN is kept: by this variable .ci/run finds processes that this program left behind.
  const foreign = (name: string) =>
    (name.startsWith('DANMUX_') && name !== 'DANMUX_CI_RUN') || ['REDIS_URL', 'NODE_ENV', 'NODE_TEST_CONTEXT', 'NODE_OPTIONS'].includes(name);
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !foreign(name)));
  return { ...kept, PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true', ...markOf(folder) };
}
