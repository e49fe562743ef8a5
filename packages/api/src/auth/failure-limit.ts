// Limits how often one address may fail to say who it is. Only failures are refused: who shares the address and has a key is not
// concerned.
import { TokenBucket } from '@danmux/runtime';

const perMinute = 30;
const addressesKept = 10_000;

export class FailureLimit {
  /** Oldest first. */
  readonly #buckets = new Map<string, TokenBucket>();

  /** Counts a failure: 0, or after how many milliseconds the next one is heard. */
  fail(address: string, now: number): number {
    const bucket = this.#buckets.get(address) ?? new TokenBucket(perMinute, perMinute, now);
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    this.#trim();
    return bucket.take(now);
  }

  #trim(): void {
    for (const address of this.#buckets.keys()) {
      if (this.#buckets.size <= addressesKept) return;
      this.#buckets.delete(address);
    }
  }
}
