// Repeats one piece of work on a timer, never twice at the same time, and reports its failures. A tick that comes while the work runs is
// skipped. Its owner starts and stops it; the work decides nothing about the timer.
import type { CaughtOptions } from './caught.ts';
import type { Runtime } from './runtime.ts';

export interface PeriodicOptions extends CaughtOptions {
  readonly everyMs: number;
  /** Reported by `runtime.caught` when the work fails. */
  readonly where: string;
  readonly message: string;
  /** False: the timer alone keeps no process alive. Default true. */
  readonly ref?: boolean;
}

export class Periodic {
  readonly #runtime: Pick<Runtime, 'caught'>;
  readonly #work: () => void | Promise<void>;
  readonly #options: PeriodicOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #stopped = false;

  constructor(runtime: Pick<Runtime, 'caught'>, options: PeriodicOptions, work: () => void | Promise<void>) {
    this.#runtime = runtime;
    this.#options = options;
    this.#work = work;
  }

  /** The first run comes after `everyMs`; call `now` for one at once. Does nothing while it is started. */
  start(): void {
    this.#stopped = false;
    this.#timer ??= setInterval(() => void this.now(), this.#options.everyMs);
    if (this.#options.ref === false) this.#timer.unref();
  }

  /** Resolves when the run under way, or else a new one, has ended. Never rejects; after `stop` nothing runs. */
  now(): Promise<void> {
    if (!this.#running && !this.#stopped) {
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
      });
    }
    return this.#running ?? Promise.resolve();
  }

  /** Like `now`, but resolves with a run that began after this call: one under way is followed by one more, however many calls. */
  again(): Promise<void> {
    if (!this.#running) return this.now();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.now();
    });
    return this.#next;
  }

  /** The run under way, undefined while none is. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Ends the timer; resolves when the run under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { where, message, everyMs: _, ref: __, ...reported } = this.#options;
    try {
      await this.#work();
    } catch (error) {
      this.#runtime.caught(where, error, message, reported);
    }
  }
}
