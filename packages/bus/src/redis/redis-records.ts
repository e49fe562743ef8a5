// Small records with a life of their own in Redis: members of the cluster, and idempotency keys.
import type { IdempotencyState, Member } from '../bus.ts';
import { claimTtlMs } from '../lane-settings.ts';
import type { RedisStore } from './redis-store.ts';

export class RedisRecords {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async announce(member: Member, ttlMs: number): Promise<void> {
    await this.#store.run('dmxMemberAnnounce', [this.#store.keys.members], [member.id, JSON.stringify(member), ttlMs]);
  }

  async leave(memberId: string): Promise<void> {
    await this.#store.ask((redis) => redis.hdel(this.#store.keys.members, memberId));
  }

  /** Those that announced themselves in time, and how many others were removed. */
  async listMembers(): Promise<{ removed: number; members: Member[] }> {
    const [removed, ...alive] = (await this.#store.run('dmxMemberList', [this.#store.keys.members], [])) as [number, ...string[]];
    return { removed, members: alive.map((text) => JSON.parse(text) as Member) };
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
}
