// A token-bucket rate limiter: allows `burst` operations at once, and then `perMinute` operations a minute. The caller passes the time.

/** A token bucket; times are in milliseconds. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  constructor(perMinute: number, burst: number, now: number) {
    this.#burst = burst;
    this.#perMs = perMinute / 60_000;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes one token. Returns 0 on success, else the milliseconds until a token is available. */
  take(now: number): number {
    this.#fill(now);
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) / this.#perMs);
    this.#tokens -= 1;
    return 0;
  }

  /** Takes up to `wanted` whole tokens and returns how many were taken. */
  takeUpTo(wanted: number, now: number): number {
    this.#fill(now);
    const taken = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }

  /** True when the bucket is full. A full bucket can be discarded, because a new one has the same state. */
  full(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#burst;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
