// Leases in memory: the owner of each name until expiry, with a fencing token that grows with every new owner.
import type { Runtime } from '@danmux/runtime';
import type { Lease, Leases } from '../contract/leases.ts';
import type { Subscription } from '../contract/subscription.ts';
import { Deliveries } from './deliveries.ts';
import { ExpiringMap } from './expiring-map.ts';

export class MemoryLeases implements Leases {
  readonly #held: ExpiringMap<string, Lease>;
  readonly #tokens = new Map<string, number>();
  readonly #freed: Deliveries<string>;

  constructor(runtime: Runtime) {
    this.#held = new ExpiringMap(runtime.clock);
    this.#freed = new Deliveries(runtime);
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const held = this.#held.get(name);
    if (held && held.owner !== owner) return null;
    const lease = held ?? { name, owner, token: (this.#tokens.get(name) ?? 0) + 1 };
    this.#tokens.set(name, lease.token);
    this.#held.set(name, lease, ttlMs);
    return lease;
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    if (!this.holds(lease)) return false;
    this.#held.touch(lease.name, ttlMs);
    return true;
  }

  async release(lease: Lease): Promise<void> {
    if (this.holds(lease) && this.#held.delete(lease.name)) this.#freed.publish('', lease.name);
  }

  async onFreed(freed: (name: string) => void): Promise<Subscription> {
    return this.#freed.open('', freed);
  }

  /** Whether the lease is still valid. Called by writes that the lease fences. */
  holds({ name, owner, token }: Lease): boolean {
    const held = this.#held.get(name);
    return held?.owner === owner && held.token === token;
  }

  clear(): void {
    this.#held.clear();
    this.#tokens.clear();
  }
}
