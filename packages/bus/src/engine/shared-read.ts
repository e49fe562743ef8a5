// Shares one read among all calls within a second. Calls during a read wait for its answer.

const keptMs = 1_000;

export class SharedRead<T> {
  readonly #read: () => Promise<T>;
  #answer: Promise<T> | undefined;
  /** Expiry of the answer by the monotonic clock, milliseconds; infinite while the read is in progress. */
  #until = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  get(): Promise<T> {
    if (this.#answer && this.#until > performance.now()) return this.#answer;
    const startedAt = performance.now();
    const answer = this.#read();
    this.#answer = answer;
    this.#until = Number.POSITIVE_INFINITY;
    answer.then(
      () => {
        // The TTL counts from the start of the read, so a slow read does not extend it.
        if (this.#answer === answer) this.#until = startedAt + keptMs;
      },
      () => {
        // The waiting callers get the rejection; the next call reads the store again.
        if (this.#answer === answer) this.clear();
      },
    );
    return answer;
  }

  clear(): void {
    this.#answer = undefined;
  }
}
