// Members in Redis: one hash, with a field per member that contains its expiry and its announcement.
import type { Member, Members } from '../contract/members.ts';
import { membersAnnounce, membersList } from './script/members.ts';
import type { RedisStore } from './store.ts';

export class RedisMembers implements Members {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async announce(member: Member, ttlMs: number): Promise<void> {
    await this.#store.run(membersAnnounce, { members: this.#store.keys.members, id: member.id, description: JSON.stringify(member), ttlMs });
  }

  async leave(memberId: string): Promise<void> {
    await this.#store.ask((redis) => redis.hdel(this.#store.keys.members, memberId));
  }

  async list(): Promise<readonly Member[]> {
    return (await this.#read()).members;
  }

  /** Removes expired members; returns their number. */
  async sweep(): Promise<number> {
    return (await this.#read()).removed;
  }

  /** Removes expired members and reads the others, in one script. */
  async #read(): Promise<{ removed: number; members: Member[] }> {
    const [removed, ...alive] = (await this.#store.run(membersList, { members: this.#store.keys.members })) as [number, ...string[]];
    return { removed, members: alive.map((text) => JSON.parse(text) as Member) };
  }
}
