// Idempotency keys: who claimed one, and the answer once it is there. Each ends by itself.
import type { Clock } from '@danmux/runtime';
import type { IdempotencyState } from '../bus.ts';
import { claimTtlMs } from '../engine/lane-settings.ts';
import { ExpiringMap } from './expiring-map.ts';

interface IdempotencyRecord {
  readonly hash: string;
  readonly claim: string;
  readonly answer?: string;
}

export class IdempotencyRecords {
  readonly #records: ExpiringMap<string, IdempotencyRecord>;

  constructor(clock: Clock) {
    this.#records = new ExpiringMap(clock);
  }

  begin(key: string, hash: string, claim: string): IdempotencyState {
    const record = this.#records.get(key);
    if (!record) {
      this.#records.set(key, { hash, claim }, claimTtlMs);
      return { state: 'started' };
    }
    if (record.hash !== hash) return { state: 'mismatch' };
    if (record.answer !== undefined) return { state: 'done', answer: record.answer };
    return { state: record.claim === claim ? 'started' : 'in_flight' };
  }

  finish(key: string, hash: string, claim: string, answer: string, ttlMs: number): void {
    const record = this.#records.get(key);
    if (!record || record.claim === claim) this.#records.set(key, { hash, claim, answer }, ttlMs);
  }

  forget(key: string, claim: string): void {
    const record = this.#records.get(key);
    if (record?.claim === claim && record.answer === undefined) this.#records.delete(key);
  }

  sweep(): void {
    this.#records.sweep();
  }

  clear(): void {
    this.#records.clear();
  }
}
