// Who owns a name for a while, with a token that grows with every owner.
import type { Clock } from '@danmux/runtime';
import type { Lease } from '../bus.ts';
import { ExpiringMap } from './expiring-map.ts';

export class Leases {
  readonly #held: ExpiringMap<string, Lease>;
  readonly #tokens = new Map<string, number>();

  constructor(clock: Clock) {
    this.#held = new ExpiringMap(clock);
  }

  acquire(name: string, owner: string, ttlMs: number): Lease | null {
    const held = this.#held.get(name);
    if (held && held.owner !== owner) return null;
    const lease = held ?? { name, owner, token: (this.#tokens.get(name) ?? 0) + 1 };
    this.#tokens.set(name, lease.token);
    this.#held.set(name, lease, ttlMs);
    return lease;
  }

  holds({ name, owner, token }: Lease): boolean {
    const held = this.#held.get(name);
    return held?.owner === owner && held.token === token;
  }

  renew(lease: Lease, ttlMs: number): boolean {
    if (!this.holds(lease)) return false;
    this.#held.touch(lease.name, ttlMs);
    return true;
  }

  release(lease: Lease): boolean {
    return this.holds(lease) && this.#held.delete(lease.name);
  }

  clear(): void {
    this.#held.clear();
    this.#tokens.clear();
  }
}
