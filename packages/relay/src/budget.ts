// The chat budget of one room: a token bucket with a rate in messages/s. Unused tokens are saved up to a burst.

export interface Budget {
  /** Takes up to `wanted` tokens and returns their number. `now` is milliseconds on the monotonic clock. */
  takeUpTo(wanted: number, now: number): number;
}

export const unlimited: Budget = { takeUpTo: (wanted) => wanted };

export class RateBudget implements Budget {
  readonly #perSecond: number;
  readonly #burst: number;
  #saved: number;
  #at: number | undefined;

  constructor(perSecond: number, savedSeconds = 2) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, perSecond * savedSeconds);
    this.#saved = this.#burst;
  }

  takeUpTo(wanted: number, now: number): number {
    const passed = Math.max(0, now - (this.#at ?? now));
    this.#at = now;
    this.#saved = Math.min(this.#burst, this.#saved + (passed * this.#perSecond) / 1_000);
    const taken = Math.min(wanted, Math.floor(this.#saved));
    this.#saved -= taken;
    return taken;
  }
}
