// A child process of the load test (part of the swarm, or the publisher), pinned to the clients' core.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Caller } from './calls.ts';
import { onCore } from './core.ts';

export class ForkedProcess {
  readonly #process: ChildProcess;
  readonly #caller: Caller;

  private constructor(process: ChildProcess, onEvent: (event: unknown) => void) {
    this.#process = process;
    this.#caller = new Caller(process, onEvent);
  }

  /** Resolves when the process answers calls. `script` is relative to src and has no extension, such as `swarm/swarm-process`. */
  static async start(script: string, core: number | undefined, onEvent: (event: unknown) => void = () => {}): Promise<ForkedProcess> {
    const [command, ...args] = onCore(core, [process.execPath, ...process.execArgv, scriptPath(script)]);
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const failed = once(child, 'exit').then(() => {
      throw new Error(`${script} did not start`);
    });
    failed.catch(() => {});
    await Promise.race([once(child, 'message'), failed]);
    return new ForkedProcess(child, onEvent);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  call<T>(method: string, argument: unknown = null): Promise<T> {
    return this.#caller.call(method, argument);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** Returns the path of a script: the compiled one when this file is compiled, otherwise the source. */
export function scriptPath(script: string): string {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`../${script}${ending}`, import.meta.url));
}
