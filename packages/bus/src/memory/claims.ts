// Claims in memory: idempotency keys with their answers, and one-time keys. All expire.
import type { Clock } from '@danmux/runtime';
import type { Claims, IdempotencyState } from '../contract/claims.ts';
import { claimTtlMs } from '../engine/lane-settings.ts';
import { ExpiringMap } from './expiring-map.ts';

interface IdempotencyRecord {
  readonly hash: string;
  readonly claim: string;
  readonly answer?: string;
}

export class MemoryClaims implements Claims {
  readonly #clock: Clock;
  readonly #records: ExpiringMap<string, IdempotencyRecord>;
  /** Key → time at which it is free again, milliseconds since 1970. */
  readonly #taken: ExpiringMap<string, number>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#records = new ExpiringMap(clock);
    this.#taken = new ExpiringMap(clock);
  }

  async begin(key: string, hash: string, claim: string): Promise<IdempotencyState> {
    const record = this.#records.get(key);
    if (!record) {
      this.#records.set(key, { hash, claim }, claimTtlMs);
      return { state: 'started' };
    }
    if (record.hash !== hash) return { state: 'mismatch' };
    if (record.answer !== undefined) return { state: 'done', answer: record.answer };
    return { state: record.claim === claim ? 'started' : 'in_flight' };
  }

  async finish(key: string, hash: string, claim: string, answer: string, ttlMs: number): Promise<void> {
    const record = this.#records.get(key);
    if (!record || record.claim === claim) this.#records.set(key, { hash, claim, answer }, ttlMs);
  }

  async forget(key: string, claim: string): Promise<void> {
    const record = this.#records.get(key);
    if (record?.claim === claim && record.answer === undefined) this.#records.delete(key);
  }

  async once(key: string, ttlMs: number): Promise<number> {
    const now = this.#clock.now();
    const until = this.#taken.get(key);
    if (until !== undefined) return Math.max(1, until - now);
    this.#taken.set(key, now + ttlMs, ttlMs);
    return 0;
  }

  sweep(): void {
    this.#records.sweep();
    this.#taken.sweep();
  }

  clear(): void {
    this.#records.clear();
    this.#taken.clear();
  }
}
