// Claims in Redis: one hash per idempotency key, which also stores the answer, and one string per one-time key. All expire.
import type { Claims, IdempotencyState } from '../contract/claims.ts';
import { claimTtlMs } from '../engine/lane-settings.ts';
import type { RedisStore } from './store.ts';

export class RedisClaims implements Claims {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState> {
    const [state, answer = ''] = (await this.#store.run('dmxIdempotencyBegin', [this.#store.keys.idempotency(key)], [bodyHash, claim, claimTtlMs])) as [
      IdempotencyState['state'],
      string?,
    ];
    return state === 'done' ? { state, answer } : { state };
  }

  async finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void> {
    await this.#store.run('dmxIdempotencyFinish', [this.#store.keys.idempotency(key)], [bodyHash, claim, answer, ttlMs]);
  }

  async forget(key: string, claim: string): Promise<void> {
    await this.#store.run('dmxIdempotencyForget', [this.#store.keys.idempotency(key)], [claim]);
  }

  async once(key: string, ttlMs: number): Promise<number> {
    return Number(await this.#store.run('dmxOnce', [this.#store.keys.once(key)], [ttlMs]));
  }
}
