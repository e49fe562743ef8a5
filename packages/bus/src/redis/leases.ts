// Leases in Redis: an expiring hash with owner and token, and a counter that issues the tokens. Every change is one script.
import type { Lease, Leases } from '../contract/leases.ts';
import type { Subscription } from '../contract/subscription.ts';
import type { RedisChannels } from './channels.ts';
import { leasesAcquire, leasesRelease, leasesRenew } from './script/leases.ts';
import type { RedisStore } from './store.ts';

export class RedisLeases implements Leases {
  readonly #store: RedisStore;
  readonly #channels: RedisChannels;

  constructor(store: RedisStore, channels: RedisChannels) {
    this.#store = store;
    this.#channels = channels;
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const [lease, fence] = this.#store.keys.lease(name);
    const token = Number(await this.#store.run(leasesAcquire, { lease, fence, owner, ttlMs }));
    return token > 0 ? { name, owner, token } : null;
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return (await this.#store.run(leasesRenew, { ...this.#held(lease), ttlMs })) === 1;
  }

  async release(lease: Lease): Promise<void> {
    const released = await this.#store.run(leasesRelease, this.#held(lease));
    if (released !== 1) return;
    const { freed } = this.#store.keys;
    // The script does not publish the name, because on a Redis Cluster the channel may belong to another node. Listeners that miss the message retry
    // anyway.
    await this.#store.ask((redis) => (this.#store.cluster ? redis.spublish(freed, lease.name) : redis.publish(freed, lease.name)));
  }

  onFreed(freed: (name: string) => void): Promise<Subscription> {
    // `resumed` does nothing, because periodic calls of `acquire` find the leases that were released during an outage.
    return this.#channels.open(this.#store.keys.freed, { message: freed, resumed: () => {} });
  }

  #held({ name, owner, token }: Lease): { readonly lease: string; readonly owner: string; readonly token: number } {
    return { lease: this.#store.keys.lease(name)[0], owner, token };
  }
}
