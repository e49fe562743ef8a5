// Members in memory: only those announced by this process, because no other process shares the memory engine.
import type { Clock } from '@danmux/runtime';
import type { Member, Members } from '../contract/members.ts';
import { ExpiringMap } from './expiring-map.ts';

export class MemoryMembers implements Members {
  readonly #members: ExpiringMap<string, Member>;

  constructor(clock: Clock) {
    this.#members = new ExpiringMap(clock);
  }

  async announce(member: Member, ttlMs: number): Promise<void> {
    this.#members.set(member.id, member, ttlMs);
  }

  async leave(memberId: string): Promise<void> {
    this.#members.delete(memberId);
  }

  async list(): Promise<readonly Member[]> {
    return this.#members.entries().map(([, member]) => member);
  }

  /** Removes expired members; returns their number. */
  sweep(): number {
    return this.#members.sweep();
  }

  clear(): void {
    this.#members.clear();
  }
}
