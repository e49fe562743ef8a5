// One reading at a time: asked for while one is under way it is done once more after it, and after a failure it is tried again by
// itself, later each time. What is read, from where, and what becomes of it is its owner's business.
import { backoffMs } from '@danmux/runtime';

export interface ReadingOptions {
  /** May resolve with after about how many milliseconds to read again, though nobody asks. A rejection is tried again soon. */
  readonly read: () => Promise<number | undefined>;
  /** Is told of each failure; `times`: so many in a row. */
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

  /** Resolves when a reading that began after this call has ended, well or not. Never rejects; after `stop` nothing is read. */
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
      // Processes that started together do not read together for ever.
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
