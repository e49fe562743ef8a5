// The outboxes that hold something, tried again until they are empty. One timer for all of them, which runs only while there
// are any: a listener on every connection would cost memory that only slow viewers need.

/** Something that waits for its wire. */
export interface Waiting {
  /** True when nothing waits any more. */
  flush(): boolean;
  /** What waits. */
  readonly bytes: number;
}

const everyMs = 10;

export class Flusher {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  add(outbox: Waiting): void {
    this.#waiting.add(outbox);
    this.#timer ??= setInterval(() => this.#flush(), everyMs);
  }

  remove(outbox: Waiting): void {
    this.#waiting.delete(outbox);
    if (this.#waiting.size === 0) this.stop();
  }

  /** How many viewers are behind. */
  get size(): number {
    return this.#waiting.size;
  }

  /** What waits for them. */
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
    for (const outbox of this.#waiting) if (outbox.flush()) this.remove(outbox);
  }
}
