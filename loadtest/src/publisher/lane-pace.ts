// Computes the number of messages due in a lane at a steady rate, optionally in bursts. Messages become due whether or not the server keeps
// up, so that a slow server shows as latency instead of less load.

export interface Due {
  readonly count: number;
  /** The time passed to `due`. */
  readonly at: number;
}

export class LanePace {
  #perSecond: number;
  readonly #burst: number;
  #since: number;
  #owed = 0;

  /** `burst` is the number of messages published together; 1 spreads them evenly. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#since = now;
  }

  set perSecond(value: number) {
    this.#perSecond = value;
    this.#owed = 0;
  }

  /** Returns the messages due since the last call, at most those of one second. */
  due(now: number): Due {
    const elapsed = Math.min(1_000, now - this.#since);
    this.#since = now;
    this.#owed += (elapsed * this.#perSecond) / 1_000;
    const count = Math.floor(this.#owed / this.#burst) * this.#burst;
    this.#owed -= count;
    return { count, at: now };
  }
}
