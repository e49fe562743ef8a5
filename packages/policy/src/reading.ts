// Runs one read at a time. A request during a read causes exactly one more read after it; a failed read is retried with growing delays. The
// owner supplies the read and uses its result.
import { backoffMs } from '@danmux/runtime';

export interface ReadingOptions {
  /** Performs one read. May resolve with the milliseconds until the next periodic read; is retried soon after it rejects. */
  readonly read: () => Promise<number | undefined>;
  /** Called after each failure; `times` is the number of failures in a row. */
  readonly failed: (error: unknown, times: number) => void;
}

const retry = { baseMs: 50, maxMs: 2_000 };

export class Reading {
  readonly #options: ReadingOptions;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopped = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  /** Resolves when a read that began after this call has ended, successfully or not. Never rejects; after `stop` nothing is read. */
  now(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#current) return this.#begin();
    this.#next = this.#current.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#next;
    await this.#current;
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#stopped) return Promise.resolve();
    this.#current = this.#run().then(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  async #run(): Promise<void> {
    let again: number | undefined;
    try {
      const about = await this.#options.read();
      this.#failures = 0;
      // Jitter, so that processes that started at the same moment do not all read at the same moments.
      if (about !== undefined) again = about * (0.75 + Math.random() / 2);
    } catch (error) {
      this.#options.failed(error, ++this.#failures);
      again = backoffMs(this.#failures, retry);
    }
    if (again === undefined || this.#stopped) return;
    this.#timer = setTimeout(() => void this.now(), again);
    this.#timer.unref();
  }
}
