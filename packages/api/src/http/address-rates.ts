// Request rates of addresses on public routes. Many viewers may share one address.
import { DanmuxError } from '@danmux/protocol';
import { BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';

const maxAddresses = 10_000;

export class AddressRates {
  readonly #runtime: Pick<Runtime, 'config' | 'clock'>;
  readonly #perMinute: number;
  /** Oldest first. */
  readonly #buckets = new BoundedMap<string, TokenBucket>(maxAddresses);

  constructor(runtime: Pick<Runtime, 'config' | 'clock'>, perMinute: number) {
    this.#runtime = runtime;
    this.#perMinute = perMinute;
  }

  /** Throws `rate_limited` when the address exceeded its rate. */
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
