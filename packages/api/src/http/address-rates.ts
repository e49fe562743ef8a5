// Limits the requests of one IP address on public routes, per process. The limits are generous, because many viewers may share an address.
import { DanmuxError } from '@danmux/protocol';
import { BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';

const maxAddresses = 10_000;

export class AddressRates {
  readonly #runtime: Pick<Runtime, 'config' | 'clock'>;
  readonly #perMinute: number;
  /** Least recently used address first: it is evicted when the map is full. */
  readonly #buckets = new BoundedMap<string, TokenBucket>(maxAddresses);

  constructor(runtime: Pick<Runtime, 'config' | 'clock'>, perMinute: number) {
    this.#runtime = runtime;
    this.#perMinute = perMinute;
  }

  /** Counts one request. Throws `rate_limited` with the time to wait when the address exceeded its rate. */
  take(address: string): void {
    if (this.#runtime.config.shedding === 'off') return;
    const now = this.#runtime.clock.now();
    const bucket = this.#buckets.get(address) ?? new TokenBucket(this.#perMinute, Math.ceil(this.#perMinute / 10), now);
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    const wait = bucket.take(now);
    if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
  }
}
