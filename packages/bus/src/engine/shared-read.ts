// One read for all who ask within a second, and never two at a time.

const keptMs = 1_000;

export class SharedRead<T> {
  readonly #read: () => Promise<T>;
  #answer: Promise<T> | undefined;
  /** Monotonic; endless while it is being read. */
  #until = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  get(): Promise<T> {
    if (this.#answer && this.#until > performance.now()) return this.#answer;
    const asked = performance.now();
    const answer = this.#read();
    this.#answer = answer;
    this.#until = Number.POSITIVE_INFINITY;
    answer.then(
      () => {
        // It is as old as the question: a slow answer is not kept for longer.
        if (this.#answer === answer) this.#until = asked + keptMs;
      },
      () => {
        // Who asked is told; the next one asks the store again.
        if (this.#answer === answer) this.clear();
      },
    );
    return answer;
  }

  clear(): void {
    this.#answer = undefined;
  }
}
