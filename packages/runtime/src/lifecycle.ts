// Runs the parts of a process: starts them in order, sends `ready` to pm2, and on a signal drains and stops them in reverse order. An
// uncaught error is logged and also drains the process, with exit code 1, so that pm2 restarts it.
import { constants } from 'node:os';
import { surviveStreamErrors } from './log-sink.ts';
import { flushLog, type Logger } from './logger.ts';
import type { Part } from './part.ts';

const stopTimeoutMs = 3_000;
/** Longest wait for the last log lines, so that a blocked reader of the log does not keep the process alive. */
const flushTimeoutMs = 500;
/** SIGHUP: the terminal closed. SIGQUIT: the stop signal of some container images. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** Repeated SIGINTs within this time count as one: under `npm start`, one Ctrl-C arrives from the terminal and from npm. */
const sameSignalMs = 1_000;

/** Options of `Lifecycle`. */
export interface LifecycleOptions {
  readonly log: Logger;
  /** Maximum duration of the drain, milliseconds. After this time the parts are stopped even if they have not finished draining. */
  readonly drainTimeoutMs: number;
  /** Exits the process; tests replace it. */
  readonly exit?: (code: number) => void;
}

/** Starts, drains and stops the parts of one process. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #parts: Part[] = [];
  /** Parts that have started, in start order. */
  readonly #started: Part[] = [];
  #starting: Part | undefined;
  #ending: Promise<void> | undefined;
  /** Time of the first `end` call, on the monotonic clock. */
  #endingSince = 0;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Adds a part. Parts start in the order they were added, and drain and stop in reverse order. */
  add(part: Part): this {
    this.#parts.push(part);
    return this;
  }

  /** Starts all parts. Returns false when `end` was called before the last part had started; rejects when a part fails to start. */
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

  /** Ends the process on signals and on uncaught errors. */
  handleSignals(): void {
    const { log } = this.#options;
    surviveStreamErrors();
    for (const signal of endingSignals) process.on(signal, () => this.#signalled(signal));
    // pm2 sends this message instead of a signal on Windows and with `shutdown_with_message`.
    process.on('message', (message) => void (message === 'shutdown' && this.end('shutdown', 0)));
    // Node's default handler writes warnings to standard error, which can block the process on a slow reader.
    process.removeAllListeners('warning');
    process.on('warning', (warning) => log.warn({ err: warning }, 'node emitted a warning'));
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'uncaught exception: draining');
      void this.end('uncaughtException', 1);
    });
    process.on('unhandledRejection', (reason) => {
      log.fatal({ err: reason }, 'unhandled rejection: draining');
      void this.end('unhandledRejection', 1);
    });
  }

  /** Drains all started parts, stops them and the part that is starting, then exits with `code`. A second call waits for the first. */
  end(reason: string, code: number): Promise<void> {
    this.#endingSince = this.#ending ? this.#endingSince : performance.now();
    this.#ending ??= this.#end(reason, code);
    return this.#ending;
  }

  /** A second SIGINT exits at once, because a person at the terminal does not want to wait. Other repeated signals are ignored. */
  #signalled(signal: (typeof endingSignals)[number]): void {
    if (!this.#ending) void this.end(signal, 0);
    else if (signal === 'SIGINT' && performance.now() - this.#endingSince >= sameSignalMs) this.#exit(128 + constants.signals.SIGINT);
  }

  async #end(reason: string, code: number): Promise<void> {
    const { log, drainTimeoutMs } = this.#options;
    log.info({ reason }, 'draining');
    const starting = this.#starting ? [this.#starting] : [];
    if ((await within(drainTimeoutMs, this.#each('drain', this.#started))) === 'late') log.warn({ drainTimeoutMs }, 'drain timed out; stopping');
    const begun = [...new Set([...this.#started, ...starting])];
    if ((await within(stopTimeoutMs, this.#each('stop', begun))) === 'late') log.warn({ stopTimeoutMs }, 'stop timed out; exiting');
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
        this.#options.log.error({ err: error, part: part.name, step }, 'part failed to drain or stop');
      }
    }
  }
}

/** Waits for `done`, at most `ms`. The timer is not unref'd, so that the process stays alive until `#exit` ends it with the right code. */
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
