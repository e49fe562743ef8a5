// Says how many messages of a lane are due: a steady rate, in bursts if asked. What is due and was not taken waits, with the
// time at which it was due, so that a server that answers late shows as latency and not as less load.

export interface Due {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class LanePace {
  #perSecond: number;
  readonly #burst: number;
  #since: number;
  #owed = 0;

  /** `burst` messages come at once; 1 spreads them evenly. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#since = now;
  }

  set perSecond(value: number) {
    this.#perSecond = value;
    this.#owed = 0;
  }

  /** What has become due since the last call, at most a second's worth. */
  due(now: number): Due {
    const elapsed = Math.min(1_000, now - this.#since);
    this.#since = now;
    this.#owed += (elapsed * this.#perSecond) / 1_000;
    const count = Math.floor(this.#owed / this.#burst) * this.#burst;
    this.#owed -= count;
    return { count, at: now };
  }
}
