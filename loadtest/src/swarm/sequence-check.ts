// What one sampled viewer got of one lane: every number once, in order. A hole is counted when the next number comes; a
// number that is not above the last one is a double or came too late.

export interface SequenceCount {
  received: number;
  missing: number;
  outOfOrder: number;
}

export class SequenceCheck {
  #last: number;
  readonly count: SequenceCount = { received: 0, missing: 0, outOfOrder: 0 };

  /** `last` is the number before the first one expected; without it, the first one that comes is taken as good. */
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

  /** Counts what should have come after the last one. */
  settle(lastPublished: number): void {
    if (this.#last < 0 || lastPublished <= this.#last) return;
    this.count.missing += lastPublished - this.#last;
    this.#last = lastPublished;
  }
}
