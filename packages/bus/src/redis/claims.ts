// Claims in Redis: one hash per idempotency key, which also stores the answer, and one string per one-time key. All expire.
import type { Claims, IdempotencyState } from '../contract/claims.ts';
import { claimTtlMs } from '../engine/lane-settings.ts';
import { claimsBegin, claimsFinish, claimsForget, claimsOnce } from './script/claims.ts';
import type { RedisStore } from './store.ts';

export class RedisClaims implements Claims {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState> {
    const record = this.#store.keys.idempotency(key);
    const [state, answer = ''] = (await this.#store.run(claimsBegin, { record, bodyHash, claim, claimTtlMs })) as [IdempotencyState['state'], string?];
    return state === 'done' ? { state, answer } : { state };
  }

  async finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void> {
    await this.#store.run(claimsFinish, { record: this.#store.keys.idempotency(key), bodyHash, claim, answer, ttlMs });
  }

  async forget(key: string, claim: string): Promise<void> {
    await this.#store.run(claimsForget, { record: this.#store.keys.idempotency(key), claim });
  }

  async once(key: string, ttlMs: number): Promise<number> {
    return Number(await this.#store.run(claimsOnce, { key: this.#store.keys.once(key), ttlMs }));
  }
}
