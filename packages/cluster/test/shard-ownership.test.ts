// Shards are shared fairly, handed over, taken from the dead, and given up when another has them.

import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { type Bus, createBus, type Lease } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { eventually, type Gate, gated, testRuntime } from '@danmux/testkit/unit';
import { Membership, ShardOwnership } from '../src/index.ts';

const settings = { shards: 12, 'relay.lease_ttl_ms': 300, 'cluster.announce_interval_ms': 50, 'cluster.member_ttl_ms': 300 };

class Holder {
  readonly runtime: Runtime = testRuntime({ after }, settings, { role: 'relay' });
  readonly owned = new Map<number, Lease>();
  readonly holder: ShardOwnership;
  readonly membership: Membership;
  readonly gate: Gate<Bus>;

  constructor(bus: Bus) {
    this.gate = gated(bus);
    const seen = this.gate.open;
    this.membership = new Membership(this.runtime, seen, { role: 'relay', address: () => '', load: () => 0 });
    this.holder = new ShardOwnership(this.runtime, seen, this.membership.id, {
      gained: async (shard, lease) => void this.owned.set(shard, lease),
      lost: async (shard) => void this.owned.delete(shard),
    });
  }

  async start(): Promise<this> {
    await this.membership.start();
    await this.holder.start();
    return this;
  }

  async leave(): Promise<void> {
    await this.membership.drain();
    await this.holder.drain();
    await this.stop();
  }

  /** As if killed: nothing is released. */
  async stop(): Promise<void> {
    await this.membership.stop();
    await this.holder.stop();
  }
}

let bus: Bus;
let holders: Holder[] = [];
async function holder(): Promise<Holder> {
  if (holders.length === 0) bus = createBus(testRuntime({ after }, settings, { role: 'bus' }));
  const made = new Holder(bus);
  holders.push(made);
  return made.start();
}
afterEach(async () => {
  await Promise.all(holders.map((one) => one.stop()));
  holders = [];
});

const spread = () => holders.map(({ owned }) => owned.size).sort((a, b) => a - b);

test('one holder takes all; with each one more the shares are even and no shard has two owners', async () => {
  const first = await holder();
  assert.equal(first.owned.size, 12);
  await holder();
  await eventually(() => assert.deepEqual(spread(), [6, 6]));
  await holder();
  await eventually(() => assert.deepEqual(spread(), [4, 4, 4]));
  const all = holders.flatMap(({ owned }) => [...owned.keys()]);
  assert.equal(new Set(all).size, 12);
});

test('one that leaves hands all over at once', async () => {
  const stays = await holder();
  const leaves = await holder();
  await eventually(() => assert.deepEqual(spread(), [6, 6]));
  await leaves.leave();
  await eventually(() => assert.equal(stays.owned.size, 12), { timeoutMs: 250 });
});

test('the shards of one that was killed are taken when its leases end, with a higher token', async () => {
  const stays = await holder();
  const dies = await holder();
  await eventually(() => assert.deepEqual(spread(), [6, 6]));
  const before = new Map(dies.owned);
  dies.gate.away = new Error('away');
  await dies.stop();
  await eventually(() => assert.equal(stays.owned.size, 12), { timeoutMs: 3_000 });
  for (const [shard, lease] of before) assert.ok((stays.owned.get(shard)?.token ?? 0) > lease.token);
});

test('one that cannot reach the store keeps its shards until its leases must have ended, and takes them again', async () => {
  const alone = await holder();
  alone.gate.away = new Error('away');
  assert.equal(alone.owned.size, 12);
  await eventually(() => assert.equal(alone.owned.size, 0), { timeoutMs: 3_000 });
  alone.gate.away = undefined;
  await eventually(() => assert.equal(alone.owned.size, 12), { timeoutMs: 3_000 });
});

test('a shard whose write was refused is given up and asked for again', async () => {
  const alone = await holder();
  const lease = alone.owned.get(3);
  assert.ok(lease);
  await bus.leases.release(lease);
  const thief = await bus.leases.acquire('shard:3', 'thief', 60_000);
  await alone.holder.fenced(3);
  assert.equal(alone.owned.has(3), false);
  assert.ok(thief);
  await bus.leases.release(thief);
  await eventually(() => assert.ok(alone.owned.has(3), 'it has it again'));
});

test('a member is there while it announces itself, and gone when it leaves', async () => {
  const one = await holder();
  const there = async () => (await bus.members.list()).map(({ id }) => id);
  assert.deepEqual(await there(), [one.membership.id]);
  one.gate.away = new Error('away');
  await eventually(async () => assert.deepEqual(await there(), []));
  one.gate.away = undefined;
  await eventually(async () => assert.deepEqual(await there(), [one.membership.id]));
  await one.membership.drain();
  assert.deepEqual(await there(), []);
});

test('a relay that comes to shares that do not divide gets one too: they differ by one at most', async () => {
  for (let i = 0; i < 5; i++) await holder();
  await eventually(() => assert.deepEqual(spread(), [2, 2, 2, 3, 3]), { timeoutMs: 3_000 });
  const all = holders.flatMap(({ owned }) => [...owned.keys()]);
  assert.equal(new Set(all).size, 12);
});

test('relays that leave one after the other never leave a shard without an owner', async () => {
  const [stays, ...leaves] = [await holder(), await holder(), await holder()];
  await eventually(() => assert.deepEqual(spread(), [4, 4, 4]));
  for (const one of leaves) await one.leave();
  await eventually(() => assert.equal(stays.owned.size, 12), { timeoutMs: 1_000 });
});

test('the owner finishes its work on a lost shard before the lease is released', async () => {
  const runtime = testRuntime({ after }, settings, { role: 'relay' });
  const store = createBus(runtime);
  const order: string[] = [];
  const slow = new ShardOwnership(runtime, store, 'relay@slow', {
    gained: async () => {},
    lost: async (shard) => {
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
      order.push(`lost shard:${shard}`);
    },
  });
  const freed = await store.leases.onFreed((name) => void order.push(`freed ${name}`));
  await slow.start();
  assert.equal(slow.shards.length, 12);
  await slow.drain();
  await eventually(() => assert.equal(order.length, 24));
  for (let shard = 0; shard < 12; shard++) assert.ok(order.indexOf(`lost shard:${shard}`) < order.indexOf(`freed shard:${shard}`), `shard ${shard}`);
  await freed.close();
  await slow.stop();
});

test('a drain while it takes shards is not kept waiting for the rest of them', async () => {
  const runtime = testRuntime({ after }, settings, { role: 'relay' });
  const store = createBus(runtime);
  const waiting: (() => void)[] = [];
  let asked = 0;
  const { acquire } = store.leases;
  store.leases.acquire = async (...args) => {
    asked++;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return acquire.apply(store.leases, args);
  };
  const owned = new Set<number>();
  const slow = new ShardOwnership(runtime, store, 'relay@slow', {
    gained: async (shard) => void owned.add(shard),
    lost: async (shard) => void owned.delete(shard),
  });
  const started = slow.start();
  await eventually(() => assert.equal(waiting.length, 1));
  const drained = slow.drain();
  // Whatever it asks for from here on is answered at once.
  for (let i = 0; i < 50; i++) {
    for (const open of waiting.splice(0)) open();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([started, drained]);
  assert.deepEqual([asked, owned.size], [1, 0], 'it asked for one shard, and gave it back');
  await slow.stop();
});

test('after drain it takes nothing more, whatever becomes free', async () => {
  const stays = await holder();
  const leaves = await holder();
  await eventually(() => assert.deepEqual(spread(), [6, 6]));
  await leaves.membership.drain();
  await leaves.holder.drain();
  await eventually(() => assert.equal(stays.owned.size, 12));
  await stays.leave();
  leaves.holder.check();
  await leaves.holder.fenced(0);
  assert.equal(leaves.owned.size, 0);
  assert.deepEqual(leaves.holder.shards, []);
});
