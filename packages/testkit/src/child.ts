// Starts a process under test and records its output. It runs in a separate process group, so that its descendants are killed with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Opens an IPC channel, over which the process sends "ready". */
  readonly ipc?: boolean;
  /** File descriptor for standard output and error; without it, both are recorded in `output`. */
  readonly out?: number;
}

const living = new Set<Child>();
process.on('exit', () => {
  for (const child of living) child.signalGroup('SIGKILL');
});

export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #output: string[] = [];
  /** Resolves at the first "ready" message; rejects when the process ends before. */
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;

  constructor(name: string, command: string, args: readonly string[], { env = {}, cwd, ipc = false, out }: ChildOptions = {}) {
    this.name = name;
    this.#process = spawn(command, args, {
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      detached: true,
      stdio: ['ignore', out ?? 'pipe', out ?? 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    living.add(this);
    this.ended = once(this.#process, 'exit').then(() => {
      living.delete(this);
    });
    this.ready = Promise.race([
      new Promise<void>((resolve) => this.#process.on('message', (message) => message === 'ready' && resolve())),
      this.ended.then(() => {
        throw new Error(`${name} ended before it was ready:\n${this.output.slice(-4_000)}`);
      }),
    ]);
    // Avoids an unhandled rejection when no test awaits `ready`.
    this.ready.catch(() => {});
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Everything the process has printed. */
  get output(): string {
    return this.#output.join('');
  }

  /** Null while the process runs, and when a signal ended it. */
  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Sends `signal` to the process. When it has ended, or after 20 seconds, its group gets SIGKILL. Resolves when the process has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.running) {
      // A process that SIGSTOP has stopped handles other signals only after SIGCONT. SIGKILL ends it without SIGCONT, so it cannot run on.
      if (signal !== 'SIGKILL') this.signalGroup('SIGCONT');
      this.signal(signal);
    }
    const hard = setTimeout(() => this.signalGroup('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(hard);
    this.signalGroup('SIGKILL');
  }
}
