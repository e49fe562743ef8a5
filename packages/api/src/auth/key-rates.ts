// Limits the requests of each API key, per process.
import { DanmuxError } from '@danmux/protocol';
import { BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';

// Maximum number of buckets. It is far above the number of keys (at most 500 stored, plus those of the config), so the oldest is dropped only
// after many keys were created and deleted.
const maxBuckets = 5_000;

export class KeyRates {
  readonly #runtime: Runtime;
  readonly #buckets = new BoundedMap<string, TokenBucket>(maxBuckets);

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Counts one request. Throws `rate_limited` with the time to wait when the key exceeded its rate. */
  take(keyId: string): void {
    const { config, clock } = this.#runtime;
    if (config.shedding === 'off') return;
    const now = clock.now();
    const { per_minute: perMinute } = config.api;
    const bucket = this.#buckets.get(keyId) ?? new TokenBucket(perMinute, Math.ceil(perMinute / 10), now);
    this.#buckets.set(keyId, bucket);
    const wait = bucket.take(now);
    if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
  }
}
