// The relay role: owns a share of the shards and runs a ShardRelay for each. Edges and backends never address it. It may stop and start
// at any time; uncommitted publications wait in the ingress.
import type { Bus, Lease } from '@danmux/bus';
import { laneTotals, Membership, type RoleNumbers, ShardOwnership, TraceHops } from '@danmux/cluster';
import type { Part, Runtime } from '@danmux/runtime';
import { busyShare } from './busy-share.ts';
import { ChatRates } from './chat-rates.ts';
import { RoomClaims } from './room-claims.ts';
import { ShardRelay } from './shard-relay.ts';
import { TrafficCounter } from './traffic-counter.ts';

/** The relay of a process. It gains and loses shards while it runs. */
export class RelayRole implements Part {
  readonly name = 'relay';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #rates: ChatRates;
  readonly #membership: Membership;
  readonly #hops: TraceHops;
  readonly #traffic: TrafficCounter;
  readonly #claims = new RoomClaims();
  readonly #holder: ShardOwnership;
  readonly #shards = new Map<number, ShardRelay>();

  /** `load` is the share of the time in which the process is busy. */
  constructor(runtime: Runtime, bus: Bus, load: () => number = busyShare()) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#rates = new ChatRates(runtime, bus);
    this.#membership = new Membership(runtime, bus, {
      role: 'relay',
      address: () => '',
      load,
      numbers: () => this.#numbers(),
    });
    this.#hops = new TraceHops(runtime, bus, this.#membership.id);
    this.#traffic = new TrafficCounter(runtime, bus);
    this.#holder = new ShardOwnership(runtime, bus, this.#membership.id, {
      gained: async (shard, lease) => this.#begin(shard, lease),
      lost: async (shard) => this.#end(shard),
    });
  }

  async start(): Promise<void> {
    await this.#rates.start();
    await this.#hops.start();
    await this.#traffic.start();
    await this.#membership.start();
    await this.#holder.start();
  }

  async drain(): Promise<void> {
    // Leave the cluster first, so that the other relays no longer count this one and acquire the shards it releases.
    await this.#membership.drain();
    await this.#holder.drain();
  }

  async stop(): Promise<void> {
    await this.#membership.stop();
    await this.#holder.stop();
    await this.#hops.stop();
    await this.#traffic.stop();
    await this.#rates.stop();
  }

  async #numbers(): Promise<RoleNumbers> {
    const { sequenced, backlog } = this.#runtime.metrics;
    return { gauges: { shards: this.#shards.size, waiting: await laneTotals(backlog) }, messages: await laneTotals(sequenced) };
  }

  #begin(shard: number, lease: Lease): void {
    const relay = new ShardRelay(
      this.#runtime,
      this.#bus,
      shard,
      lease,
      { rates: this.#rates, hops: this.#hops, traffic: this.#traffic, claims: this.#claims },
      () => void this.#holder.fenced(shard),
    );
    this.#shards.set(shard, relay);
    relay.start();
  }

  async #end(shard: number): Promise<void> {
    const relay = this.#shards.get(shard);
    this.#shards.delete(shard);
    await relay?.stop();
  }
}
