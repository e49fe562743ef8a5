// Assigns each connection of this edge a small number, so that a bit set can represent connections. A released number is reused after one
// minute at the earliest; by then no bit set contains it for the old connection.

const restMs = 60_000;

export class ConnectionIds {
  readonly #resting: { readonly number: number; readonly at: number }[] = [];
  /** Index of the oldest released number; `shift` would move the whole array. */
  #first = 0;
  #next = 0;

  take(): number {
    const oldest = this.#resting[this.#first];
    if (!oldest || performance.now() - oldest.at < restMs) return this.#next++;
    this.#first++;
    if (this.#first > 1_024 && this.#first * 2 > this.#resting.length) {
      this.#resting.splice(0, this.#first);
      this.#first = 0;
    }
    return oldest.number;
  }

  release(number: number): void {
    this.#resting.push({ number, at: performance.now() });
  }
}
