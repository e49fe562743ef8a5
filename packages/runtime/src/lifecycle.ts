// Runs a process's parts: starts them in order, drains and stops them in reverse on a signal, and says `ready` to pm2. An error that
// nobody caught is logged and drains the process too, so that pm2 starts a fresh one.
import { constants } from 'node:os';
import { surviveStreamErrors } from './log-sink.ts';
import { flushLog, type Logger } from './logger.ts';
import type { Part } from './part.ts';

const stopTimeoutMs = 3_000;
/** For the last lines of the log; a reader that stands still keeps no process alive. */
const flushTimeoutMs = 500;
/** SIGHUP: its terminal is gone. SIGQUIT: some images of containers send it as their stop signal. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** One Ctrl-C under `npm start` arrives twice, from the terminal and from npm. */
const sameSignalMs = 1_000;

export interface LifecycleOptions {
  readonly log: Logger;
  /** A drain that takes longer is cut short, milliseconds. */
  readonly drainTimeoutMs: number;
  /** Ends the process; tests replace it. */
  readonly exit?: (code: number) => void;
}

export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #parts: Part[] = [];
  /** In the order they started. */
  readonly #started: Part[] = [];
  #starting: Part | undefined;
  #ending: Promise<void> | undefined;
  /** When the end began, on the monotonic clock. */
  #endingSince = 0;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Adds a part; parts start in this order and end in the reverse. */
  add(part: Part): this {
    this.#parts.push(part);
    return this;
  }

  /** False when the end came before the last part had started. */
  async start(): Promise<boolean> {
    for (const part of this.#parts) {
      if (this.#ending) return false;
      this.#starting = part;
      await part.start();
      this.#starting = undefined;
      this.#started.push(part);
    }
    if (this.#ending) return false;
    process.send?.('ready');
    return true;
  }

  /** Ends the process on signals and on errors nobody caught. */
  handleSignals(): void {
    const { log } = this.#options;
    surviveStreamErrors();
    for (const signal of endingSignals) process.on(signal, () => this.#signalled(signal));
    // pm2 on systems without signals, and `shutdown_with_message`, send this instead.
    process.on('message', (message) => void (message === 'shutdown' && this.end('shutdown', 0)));
    // Node would write them to the standard error, and wait for its reader.
    process.removeAllListeners('warning');
    process.on('warning', (warning) => log.warn({ err: warning }, 'a warning of Node'));
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'uncaught exception: draining');
      void this.end('uncaughtException', 1);
    });
    process.on('unhandledRejection', (reason) => {
      log.fatal({ err: reason }, 'unhandled rejection: draining');
      void this.end('unhandledRejection', 1);
    });
  }

  /** Drains what has started, stops that and what is starting, then exits with `code`. A second call waits for the first. */
  end(reason: string, code: number): Promise<void> {
    this.#endingSince = this.#ending ? this.#endingSince : performance.now();
    this.#ending ??= this.#end(reason, code);
    return this.#ending;
  }

  /** A second SIGINT is a person who will not wait; service managers repeat the other signals, and the drain has its own limit. */
  #signalled(signal: (typeof endingSignals)[number]): void {
    if (!this.#ending) void this.end(signal, 0);
    else if (signal === 'SIGINT' && performance.now() - this.#endingSince >= sameSignalMs) this.#exit(128 + constants.signals.SIGINT);
  }

  async #end(reason: string, code: number): Promise<void> {
    const { log, drainTimeoutMs } = this.#options;
    log.info({ reason }, 'draining');
    const starting = this.#starting ? [this.#starting] : [];
    if ((await within(drainTimeoutMs, this.#each('drain', this.#started))) === 'late') log.warn({ drainTimeoutMs }, 'drain cut short');
    const begun = [...new Set([...this.#started, ...starting])];
    if ((await within(stopTimeoutMs, this.#each('stop', begun))) === 'late') log.warn({ stopTimeoutMs }, 'stop cut short');
    log.info('stopped');
    await flushLog(log, flushTimeoutMs);
    this.#exit(code);
  }

  #exit(code: number): void {
    const { exit = (status) => process.exit(status) } = this.#options;
    exit(code);
  }

  async #each(step: 'drain' | 'stop', parts: readonly Part[]): Promise<void> {
    for (const part of [...parts].reverse()) {
      try {
        await part[step]?.();
      } catch (error) {
        this.#options.log.error({ err: error, part: part.name, step }, 'a part failed to end');
      }
    }
  }
}

/** The timer is not unref'd: it must keep the process alive until it has ended with its code. */
async function within(ms: number, done: Promise<void>): Promise<'done' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
  });
  try {
    return await Promise.race([done.then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
