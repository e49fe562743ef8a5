// Runs a process's parts: starts them in order, on SIGINT or SIGTERM drains and stops them in reverse, and says `ready` to
// pm2. An error that nobody caught is logged and drains the process too, so that pm2 starts a fresh one.
import type { Logger } from './logger.ts';
import type { Part } from './part.ts';

const stopTimeoutMs = 3_000;

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
  #ending: Promise<void> | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Adds a part; parts start in this order and end in the reverse. */
  add(part: Part): this {
    this.#parts.push(part);
    return this;
  }

  async start(): Promise<void> {
    for (const part of this.#parts) {
      if (this.#ending) return;
      await part.start();
    }
    if (!this.#ending) process.send?.('ready');
  }

  /** Ends the process on signals and on errors nobody caught. */
  handleSignals(): void {
    const { log } = this.#options;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void this.end(signal, 0));
    // pm2 on systems without signals, and `shutdown_with_message`, send this instead.
    process.on('message', (message) => void (message === 'shutdown' && this.end('shutdown', 0)));
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'uncaught exception: draining');
      void this.end('uncaughtException', 1);
    });
    process.on('unhandledRejection', (reason) => {
      log.fatal({ err: reason }, 'unhandled rejection: draining');
      void this.end('unhandledRejection', 1);
    });
  }

  /** Drains and stops every part, then exits with `code`. A second call waits for the first. */
  end(reason: string, code: number): Promise<void> {
    this.#ending ??= this.#end(reason, code);
    return this.#ending;
  }

  async #end(reason: string, code: number): Promise<void> {
    const { log, drainTimeoutMs, exit = (status) => process.exit(status) } = this.#options;
    log.info({ reason }, 'draining');
    if ((await within(drainTimeoutMs, this.#each('drain'))) === 'late') log.warn({ drainTimeoutMs }, 'drain cut short');
    if ((await within(stopTimeoutMs, this.#each('stop'))) === 'late') log.warn({ stopTimeoutMs }, 'stop cut short');
    log.info('stopped');
    exit(code);
  }

  async #each(step: 'drain' | 'stop'): Promise<void> {
    for (const part of [...this.#parts].reverse()) {
      try {
        await part[step]();
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
