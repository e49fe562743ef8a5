// Checks the message numbers that a sampled viewer received in a lane: each once, in order. A gap is counted when the next number
// arrives; a number not above the last one is a duplicate or out of order.

export interface SequenceCount {
  received: number;
  missing: number;
  outOfOrder: number;
}

export class SequenceCheck {
  #last: number;
  readonly count: SequenceCount = { received: 0, missing: 0, outOfOrder: 0 };

  /** `last` is the number before the first expected one; without it, the first number to arrive is accepted. */
  constructor(last = -1) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  see(number: number): void {
    this.count.received++;
    if (this.#last >= 0 && number > this.#last + 1) this.count.missing += number - this.#last - 1;
    if (this.#last >= 0 && number <= this.#last) this.count.outOfOrder++;
    else this.#last = number;
  }

  /** Counts the numbers after the last received one, up to `lastPublished`, as missing. */
  settle(lastPublished: number): void {
    if (this.#last < 0 || lastPublished <= this.#last) return;
    this.count.missing += lastPublished - this.#last;
    this.#last = lastPublished;
  }
}
