// Limits failed authentications of one address. Only failures are refused: a client with a valid key on the same address is not
// affected.
import { TokenBucket } from '@danmux/runtime';

const perMinute = 30;
const maxAddresses = 10_000;

export class FailureLimit {
  /** Oldest first. */
  readonly #buckets = new Map<string, TokenBucket>();

  /** Counts a failure: 0, or milliseconds until the next attempt is answered. */
  fail(address: string, now: number): number {
    const bucket = this.#buckets.get(address) ?? new TokenBucket(perMinute, perMinute, now);
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    this.#trim();
    return bucket.take(now);
  }

  #trim(): void {
    for (const address of this.#buckets.keys()) {
      if (this.#buckets.size <= maxAddresses) return;
      this.#buckets.delete(address);
    }
  }
}
