// The members of the cluster, as they announced themselves in Redis.
import type { Member, Members } from '../contract/members.ts';
import type { RedisStore } from './store.ts';

export class RedisMembers implements Members {
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

  async list(): Promise<readonly Member[]> {
    return (await this.#read()).members;
  }

  /** Returns how many were removed. */
  async sweep(): Promise<number> {
    return (await this.#read()).removed;
  }

  /** The members that announced themselves in time, and how many others the script removed. */
  async #read(): Promise<{ removed: number; members: Member[] }> {
    const [removed, ...alive] = (await this.#store.run('dmxMemberList', [this.#store.keys.members], [])) as [number, ...string[]];
    return { removed, members: alive.map((text) => JSON.parse(text) as Member) };
  }
}
