// Limits the failed authentications of one IPv4 address or IPv6 /64, per process. The limit never refuses a client with a valid key, even at the same address.
import { addressNetwork, BoundedMap, TokenBucket } from '@danmux/runtime';

const perMinute = 30;
const maxNetworks = 10_000;

export class FailureLimit {
  /** Least recently failed network first: it is evicted when the map is full. */
  readonly #buckets = new BoundedMap<string, TokenBucket>(maxNetworks);

  /** Counts a failure. Returns 0 within the limit, else the milliseconds until the limit allows another failure. */
  fail(address: string, now: number): number {
    const network = addressNetwork(address);
    const bucket = this.#buckets.get(network) ?? new TokenBucket(perMinute, perMinute, now);
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    return bucket.take(now);
  }
}
