// Holds this relay's share of the shards: acquires free ones, renews their leases, releases some when another relay joins, and notifies the
// `ShardOwner` of each shard gained or lost. A lease that could not be renewed in time counts as lost. The store refuses writes under a lost lease,
// so a late write does no harm.
import { type Bus, type Lease, type Subscription, shardLease } from '@danmux/bus';
import { type Part, Periodic, type Runtime } from '@danmux/runtime';

/** Does the work of the shards that this relay owns. */
export interface ShardOwner {
  /** Called when this relay becomes the owner of the shard. */
  gained(shard: number, lease: Lease): Promise<void>;
  /** Must stop work on the shard and resolve when no write is in flight. The lease, if still held, is released afterwards. */
  lost(shard: number): Promise<void>;
}

interface Held {
  readonly lease: Lease;
  /** Monotonic time after which another relay may own the shard. */
  validUntil: number;
}

/**
 * Keeps this relay the owner of its share of the shards, by leases. At any moment a shard has at most one owner whose commits the store accepts.
 */
export class ShardOwnership implements Part {
  readonly name = 'shard-holder';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #owner: ShardOwner;
  /** The id under which this relay is announced as a member. */
  readonly #memberId: string;
  readonly #held = new Map<number, Held>();
  readonly #checking: Periodic;
  #freed: Subscription | undefined;
  #ending = false;

  constructor(runtime: Runtime, bus: Bus, memberId: string, owner: ShardOwner) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#memberId = memberId;
    this.#owner = owner;
    const everyMs = Math.max(50, runtime.config.relay.lease_ttl_ms / 5);
    const failure = { where: 'shard-holder', message: 'could not check the shard leases', level: 'debug' } as const;
    this.#checking = new Periodic(runtime, { everyMs, ...failure }, () => this.#run());
  }

  get shards(): readonly number[] {
    return [...this.#held.keys()];
  }

  async start(): Promise<void> {
    this.#checking.start();
    await this.#checking.now();
  }

  /** Releases every shard, so that other relays acquire them immediately. */
  async drain(): Promise<void> {
    this.#ending = true;
    await this.#checking.stop();
    await Promise.all(this.shards.map((shard) => this.#giveUp(shard)));
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await this.#checking.stop();
    await Promise.all(this.shards.map((shard) => this.#forget(shard)));
    await this.#freed?.close();
  }

  /** Call when a write under this shard's lease was refused because another relay owns the shard. */
  async fenced(shard: number): Promise<void> {
    await this.#forget(shard);
    this.check();
  }

  /** Renews, releases and acquires leases now; a call during a run causes one more run after it. */
  check(): void {
    void this.#checking.again();
  }

  async #run(): Promise<void> {
    this.#freed ??= await this.#bus.leases.onFreed(() => this.check());
    await this.#renewAll();
    const share = await this.#share();
    const excess = this.shards.slice(share);
    await Promise.all(excess.map((shard) => this.#giveUp(shard)));
    if (excess.length === 0) await this.#take(share);
    this.#runtime.metrics.shardsOwned.set(this.#held.size);
  }

  async #renewAll(): Promise<void> {
    const ttl = this.#runtime.config.relay.lease_ttl_ms;
    await Promise.all(
      [...this.#held].map(async ([shard, held]) => {
        const asked = performance.now();
        const renewed = await this.#bus.leases.renew(held.lease, ttl).catch((error: unknown) => {
          this.#runtime.caught('shard-holder', error, 'could not renew the lease of a shard', { level: 'debug', fields: { shard } });
        });
        if (renewed) held.validUntil = asked + ttl;
        // While the store is unreachable the lease counts as held until it expires.
        else if (renewed === false || performance.now() > held.validUntil) await this.#forget(shard);
      }),
    );
  }

  /** Number of shards this relay should hold. The shares of all live relays differ by at most one and add up to all shards. */
  async #share(): Promise<number> {
    const relays = new Set((await this.#bus.members.list()).filter(({ role }) => role === 'relay').map(({ id }) => id));
    relays.add(this.#memberId);
    const { shards } = this.#runtime.config;
    // All relays sort ids the same way; the first ones hold one shard more when the division has a remainder.
    const rank = [...relays].sort().indexOf(this.#memberId);
    return Math.floor(shards / relays.size) + (rank < shards % relays.size ? 1 : 0);
  }

  async #take(share: number): Promise<void> {
    const { shards, relay } = this.#runtime.config;
    // Start at a random shard, so that relays that start together do not compete for the same leases.
    const start = Math.floor(Math.random() * shards);
    for (let i = 0; i < shards && this.#held.size < share && !this.#ending; i++) {
      const shard = (start + i) % shards;
      if (this.#held.has(shard)) continue;
      const asked = performance.now();
      const lease = await this.#bus.leases.acquire(shardLease(shard), this.#runtime.node, relay.lease_ttl_ms);
      if (!lease) continue;
      this.#held.set(shard, { lease, validUntil: asked + relay.lease_ttl_ms });
      await this.#owner.gained(shard, lease);
    }
  }

  async #giveUp(shard: number): Promise<void> {
    const held = this.#held.get(shard);
    if (!held) return;
    await this.#forget(shard);
    await this.#bus.leases
      .release(held.lease)
      .catch((error: unknown) =>
        this.#runtime.caught('shard-holder', error, 'could not release the lease of a shard; it expires by itself', { level: 'debug', fields: { shard } }),
      );
  }

  async #forget(shard: number): Promise<void> {
    if (!this.#held.delete(shard)) return;
    await this.#owner.lost(shard);
  }
}
