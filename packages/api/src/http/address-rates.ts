// Limits the requests of one IPv4 address or IPv6 /64 on public routes, per process. The limits are generous, because many viewers may share an
// address.
import { DanmuxError } from '@danmux/protocol';
import { addressNetwork, BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';

const maxNetworks = 10_000;

export class AddressRates {
  readonly #runtime: Pick<Runtime, 'config' | 'clock'>;
  readonly #perMinute: number;
  /** Least recently used network first: it is evicted when the map is full. */
  readonly #buckets = new BoundedMap<string, TokenBucket>(maxNetworks);

  constructor(runtime: Pick<Runtime, 'config' | 'clock'>, perMinute: number) {
    this.#runtime = runtime;
    this.#perMinute = perMinute;
  }

  /** Counts one request. Throws `rate_limited` with the time to wait when the network of the address exceeded its rate. */
  take(address: string): void {
    if (this.#runtime.config.shedding === 'off') return;
    const now = this.#runtime.clock.now();
    const network = addressNetwork(address);
    const bucket = this.#buckets.get(network) ?? new TokenBucket(this.#perMinute, Math.ceil(this.#perMinute / 10), now);
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    const wait = bucket.take(now);
    if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
  }
}
