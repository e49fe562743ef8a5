// A small number for every connection of this edge, so that one bit can stand for it. A number that was given back rests for a while:
// a bit of the connection before must not be taken for the next one's.

const restMs = 60_000;

export class ConnectionIds {
  readonly #resting: { readonly number: number; readonly at: number }[] = [];
  /** Where the resting begin: taking from the front of an array moves all of it. */
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

  giveBack(number: number): void {
    this.#resting.push({ number, at: performance.now() });
  }
}
