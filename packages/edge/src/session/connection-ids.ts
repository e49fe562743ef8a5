// A small number for every connection of this edge, so that one bit can stand for it. A released number rests for a minute before it is
// used again, so that a set bit is never taken for the next connection's.

const restMs = 60_000;

export class ConnectionIds {
  readonly #resting: { readonly number: number; readonly at: number }[] = [];
  /** Index of the first that rests: `shift` would move the whole array. */
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
