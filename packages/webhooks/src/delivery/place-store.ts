// Stores the positions of a slice's targets. A position that a request waits for is written within milliseconds, in one batch with others. All
// other changes are written about a second later. Only one write is in flight at a time.
import type { Bus, Lease } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

/** Urgent changes within this time are written in one batch. */
const gatherMs = 5;
/** Progress is stored within this time. If the worker dies, the requests of this period are sent again with the same ids. */
const lazyMs = 1_000;
const againMs = 500;

export interface PlaceSource {
  /** The current lease of the slice. It is read for every write, because `regain` may replace it. */
  readonly lease: Lease;
  /** Current text of the field; null removes it. */
  textOf(field: string): string | null;
  /**
   * Called when a write was refused because the lease has expired. Resolves with true when the lease was reacquired before another worker held it,
   * and with false when the slice is lost.
   */
  regain(): Promise<boolean>;
  /** Called when all changes are stored. */
  caughtUp(): void;
}

export class PlaceStore {
  readonly #runtime: Runtime;
  readonly #cursors: Bus['cursors'];
  readonly #source: PlaceSource;
  /** Changed fields that must be stored before a request is sent. */
  #urgent = new Set<string>();
  #lazy = new Set<string>();
  #waiting: ((stored: boolean) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerIsUrgent = false;
  #lazyAt = performance.now();
  #writing: Promise<void> | undefined;
  #ending = false;
  #closed = false;

  constructor(runtime: Runtime, cursors: Bus['cursors'], source: PlaceSource) {
    this.#runtime = runtime;
    this.#cursors = cursors;
    this.#source = source;
  }

  /** Marks a field as changed; it is stored soon. */
  changed(field: string): void {
    this.#lazy.add(field);
    this.#schedule(false);
  }

  /** Resolves when the current value of the field is stored; false when another worker holds the slice or this store was stopped. */
  stored(field: string): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    this.#urgent.add(field);
    this.#schedule(true);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** From now on `stored` resolves with false when its write fails, instead of waiting for a retry. */
  ending(): void {
    this.#ending = true;
  }

  /** Writes all changes once, then accepts no more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    const fields = new Set([...this.#urgent, ...this.#lazy]);
    if (fields.size > 0) await this.#cursors.write(this.#source.lease, this.#texts(fields)).catch((error: unknown) => this.#caught(error));
    for (const done of this.#waiting.splice(0)) done(false);
  }

  #schedule(urgent: boolean): void {
    if (this.#closed || this.#writing || (this.#timer && (this.#timerIsUrgent || !urgent))) return;
    this.#wait(urgent ? gatherMs : lazyMs, urgent);
  }

  #wait(ms: number, urgent: boolean): void {
    clearTimeout(this.#timer);
    this.#timerIsUrgent = urgent;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write(urgent).finally(() => {
        this.#writing = undefined;
        if (this.#closed || this.#timer) return;
        if (this.#urgent.size > 0) this.#schedule(true);
        else if (this.#lazy.size > 0) this.#schedule(false);
      });
    }, ms);
  }

  async #write(urgent: boolean): Promise<void> {
    const fields = this.#urgent;
    this.#urgent = new Set();
    const all = !urgent || performance.now() - this.#lazyAt > lazyMs;
    if (all) {
      this.#lazyAt = performance.now();
      for (const field of this.#lazy) fields.add(field);
      this.#lazy = new Set();
    }
    const waiting = this.#waiting.splice(0);
    try {
      let kept = await this.#cursors.write(this.#source.lease, this.#texts(fields));
      if (!kept && (await this.#source.regain())) kept = await this.#cursors.write(this.#source.lease, this.#texts(fields));
      for (const done of waiting) done(kept);
      if (kept && all) this.#source.caughtUp();
    } catch (error) {
      this.#caught(error);
      for (const field of fields) this.#urgent.add(field);
      if (this.#ending) for (const done of waiting) done(false);
      else this.#waiting.unshift(...waiting);
      if (!this.#closed) this.#wait(againMs, true);
    }
  }

  #texts(fields: ReadonlySet<string>): Map<string, string | null> {
    return new Map([...fields].map((field) => [field, this.#source.textOf(field)]));
  }

  #caught(error: unknown): void {
    this.#runtime.caught('webhook-places', error, 'could not store the positions of webhook targets', { level: 'debug' });
  }
}
