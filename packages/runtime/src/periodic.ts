// Runs a function at an interval, never concurrently with itself, and reports its failures. A tick during a run is skipped.
import type { CaughtOptions } from './caught.ts';
import type { Runtime } from './runtime.ts';

/** Interval and error report of a Periodic. */
export interface PeriodicOptions extends CaughtOptions {
  readonly everyMs: number;
  /** Metric label passed to `runtime.caught` when a run fails. */
  readonly where: string;
  /** Log message of a failed run. */
  readonly message: string;
  /** Whether the timer keeps the process alive; default true. */
  readonly ref?: boolean;
}

/** A function that runs at an interval. A failed run is reported and does not stop the timer. */
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

  /** Starts the timer; the first run begins after `everyMs`. Call `now` for an immediate run. `start` has no effect while the timer runs. */
  start(): void {
    this.#stopped = false;
    this.#timer ??= setInterval(() => void this.now(), this.#options.everyMs);
    if (this.#options.ref === false) this.#timer.unref();
  }

  /** Starts a run, or joins the one in progress, and resolves when it ends. Never rejects. Starts no run after `stop`. */
  now(): Promise<void> {
    if (!this.#running && !this.#stopped) {
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
      });
    }
    return this.#running ?? Promise.resolve();
  }

  /** Like `now`, but resolves after a run that starts after this call. All calls during a run share one following run. */
  again(): Promise<void> {
    if (!this.#running) return this.now();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.now();
    });
    return this.#next;
  }

  /** The run in progress, or undefined. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Stops the timer; resolves when the run in progress has ended. */
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
