// One shard's relay on a memory bus, behind a gate; it is stopped after each test.
import assert from 'node:assert/strict';
import { after, afterEach } from 'node:test';
import { acceptPublication, type Bus, createBus, type Lease, type MemoryBus, type Publication, shardLease, shardOf } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { closeAfter, gated, ownerOf, testConfig, testRuntime } from '@danmux/testkit/unit';
import { ChatRates } from '../src/chat-rates.ts';
import { RoomClaims } from '../src/room-claims.ts';
import { ShardRelay } from '../src/shard-relay.ts';

export const room = 'live:1';
export const shard = shardOf(room, 4);
const settings = { shards: 4, 'relay.tick_ms': 1, 'relay.urgent_tick_ms': 0 };
export const config = testConfig(settings);

export class Bench {
  readonly runtime: Runtime = testRuntime({ after }, settings);
  readonly bus = createBus(this.runtime) as MemoryBus;
  readonly gate = gated<Bus>(this.bus);
  readonly sent: string[] = [];
  readonly claims = new RoomClaims();
  fenced = 0;
  relay: ShardRelay | undefined;

  async begin(owner = 'me'): Promise<Lease> {
    await this.bus.frames.subscribe(room, {
      frame: ({ payload }) => void this.sent.push(...(JSON.parse(payload) as { msgs: { id: string }[] }).msgs.map(({ id }) => id)),
      resumed: () => {},
    });
    const lease = await this.bus.leases.acquire(shardLease(shard), owner, 60_000);
    assert.ok(lease);
    const seen = this.gate.open;
    this.relay = new ShardRelay(
      this.runtime,
      seen,
      shard,
      lease,
      { rates: new ChatRates(this.runtime, seen), hops: { add: () => {} }, traffic: { sequenced: () => {}, shed: () => {} }, claims: this.claims },
      () => void this.fenced++,
    );
    this.relay.start();
    return lease;
  }

  async publish(...ids: string[]): Promise<void> {
    const gift = (id: string): Publication =>
      acceptPublication({ room, type: 'gift', data: 1, id }, { types: config.messages.types, maxData: 100, now: Date.now() });
    await this.bus.ingress.publish(ids.map(gift));
  }

  async value(name: 'backlog' | 'commitsRefused' | 'caught'): Promise<number> {
    const { values } = await this.runtime.metrics[name].get();
    return values.reduce((sum, { value }) => sum + value, 0);
  }
}

const owner = ownerOf(afterEach);
export function bench(): Bench {
  const made = new Bench();
  closeAfter(owner, () => made.relay?.stop());
  return made;
}

/** A promise and the way to end it. */
export function barrier(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
export const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};
