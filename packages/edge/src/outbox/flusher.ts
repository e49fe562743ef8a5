// Flushes outboxes with queued frames until they are empty. All share one timer, which runs only while some outbox is not empty; a drain
// listener per connection would cost memory for every viewer, not only for the slow ones.

/** An outbox with queued frames. */
export interface Flushable {
  /** Writes queued frames; true when none is left. */
  flush(): boolean;
  /** Bytes queued. */
  readonly bytes: number;
}

const everyMs = 10;
/** Maximum milliseconds per flush for the backlogs of joins, because after an outage thousands of viewers have a backlog. */
const backlogMs = 4;

export class Flusher {
  readonly #waiting = new Set<Flushable>();
  #timer: NodeJS.Timeout | undefined;
  #backlogsUntil = Number.POSITIVE_INFINITY;

  add(outbox: Flushable): void {
    this.#waiting.add(outbox);
    this.#timer ??= setInterval(() => this.#flush(), everyMs);
  }

  remove(outbox: Flushable): void {
    this.#waiting.delete(outbox);
    if (this.#waiting.size === 0) this.stop();
  }

  /** False when the backlogs have used up their time of this flush. */
  get backlogTime(): boolean {
    return performance.now() < this.#backlogsUntil;
  }

  /** Number of viewers with queued frames. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Bytes queued for all viewers. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#waiting) sum += bytes;
    return sum;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.#backlogsUntil = performance.now() + backlogMs;
    for (const outbox of this.#waiting) if (outbox.flush()) this.remove(outbox);
    this.#backlogsUntil = Number.POSITIVE_INFINITY;
  }
}
