// Limits the failed authentications of one IP address, per process. The limit never refuses a client with a valid key, even at the same address.
import { BoundedMap, TokenBucket } from '@danmux/runtime';

const perMinute = 30;
const maxAddresses = 10_000;

export class FailureLimit {
  /** Least recently failed address first: it is evicted when the map is full. */
  readonly #buckets = new BoundedMap<string, TokenBucket>(maxAddresses);

  /** Counts a failure. Returns 0 within the limit, else the milliseconds until the limit allows another failure. */
  fail(address: string, now: number): number {
    const bucket = this.#buckets.get(address) ?? new TokenBucket(perMinute, perMinute, now);
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    return bucket.take(now);
  }
}
