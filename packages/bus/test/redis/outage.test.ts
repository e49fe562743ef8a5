// Redis is absent, dies, hangs or restarts empty: every method soon rejects with `unavailable`, and the bus recovers without a restart.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { eventually, type RedisServer, startRedis, testConfig, testRuntime } from '@danmux/testkit/unit';
import type { Bus } from '../../src/bus.ts';
import type { BusFrame } from '../../src/contract/frames.ts';
import { RedisBus } from '../../src/redis/bus.ts';
import { commitOf, message, owned } from '../conformance/case-kit.ts';
import { isUnavailable, storeMethods as methods } from './store-methods.ts';

let redis: RedisServer;
let opened: RedisBus[];
beforeEach(async () => {
  redis = await startRedis();
  opened = [];
});
afterEach(async () => {
  redis.resume();
  await Promise.all(opened.map((bus) => bus.stop()));
  await redis.stop();
});

const config = testConfig();

async function open(set: Readonly<Record<string, unknown>> = {}): Promise<RedisBus> {
  const bus = new RedisBus(testRuntime({ after }, { 'redis.url': redis.url, ...set }));
  opened.push(bus);
  await bus.start();
  return bus;
}

async function openReady(set?: Readonly<Record<string, unknown>>): Promise<RedisBus> {
  const bus = await open(set);
  await eventually(() => bus.health());
  return bus;
}

/** Calls all methods concurrently; each must reject within the time. */
async function allUnavailable(bus: Bus, withinMs: number, names = Object.keys(methods)): Promise<void> {
  const began = performance.now();
  await Promise.all(names.map((name) => assert.rejects(() => methods[name]?.(bus) ?? Promise.resolve(), isUnavailable, name)));
  const results = await bus.ingress.publish([message(config, 'live:1', 'gift', 'g'), message(config, 'live:2', 'chat', 'c')]);
  assert.equal(results.length, 2);
  for (const result of results) isUnavailable(result);
  const took = performance.now() - began;
  assert.ok(took < withinMs, `it took ${took} ms`);
}

/** Publishes one gift, commits it and waits for its frame. */
async function sendGift(bus: Bus, id: string, owner: string): Promise<void> {
  await bus.ingress.publish([message(config, 'live:1', 'gift', id)]);
  const commit = await commitOf({ bus, config }, 'live:1', 'gift', await owned(bus, 'live:1', config, owner));
  assert.deepEqual(await bus.streams.commit(commit), { ok: true });
}

async function watch(bus: Bus): Promise<{ frames: BusFrame[]; resumed: () => number }> {
  const frames: BusFrame[] = [];
  let resumed = 0;
  await bus.frames.subscribe('live:1', { frame: (frame) => frames.push(frame), resumed: () => resumed++ });
  return { frames, resumed: () => resumed };
}

test('the list of methods covers the whole contract', () => {
  const methodsOf = (part: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(part)).filter((name) => name !== 'constructor');
  const bus = new RedisBus(testRuntime({ after }, { 'redis.url': redis.url }));
  // Left out: methods that only `Bus.sweep` and `Bus.stop` call; `publish`, which returns errors; `confirm`, which does nothing under `local`.
  const nouns = Object.entries(bus).filter(([, noun]) => typeof noun === 'object' && noun !== null);
  const all = nouns.flatMap(([name, noun]) => methodsOf(noun as object).flatMap((method) => (['sweep', 'stop'].includes(method) ? [] : [`${name}.${method}`])));
  const apart = ['start', 'stop', 'ingress.publish', 'ingress.confirm'];
  assert.deepEqual(Object.keys(methods).sort(), [...all, ...methodsOf(bus)].filter((name) => !apart.includes(name)).sort());
});

test('absent at the start: start resolves, every method rejects immediately, and works once Redis runs', { timeout: 30_000 }, async () => {
  await redis.kill();
  const bus = await open();
  await allUnavailable(bus, 1_000);
  await redis.start();
  await eventually(() => bus.health());
  for (const [name, call] of Object.entries(methods)) await assert.doesNotReject(() => call(bus), name);
  assert.deepEqual(await bus.ingress.publish([message(config, 'live:1', 'gift', 'g')]), [{ id: 'g', duplicate: false }]);
});

test('killed under a running bus: every method rejects immediately, also for channels already subscribed', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  for (const name of ['frames.subscribe', 'ingress.listen', 'leases.onFreed']) await methods[name]?.(bus);
  await redis.kill();
  // The two connections notice the loss independently; until then a subscribed channel may still look connected.
  await eventually(() => assert.rejects(() => bus.health(), isUnavailable));
  await eventually(() => assert.rejects(() => bus.ingress.listen(0, () => {}), isUnavailable));
  await allUnavailable(bus, 1_000);
});

test('calls in progress when Redis dies reject too; none stays pending', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  redis.pause();
  const names = Object.keys(methods);
  const asked = names.map((name) => assert.rejects(() => methods[name]?.(bus) ?? Promise.resolve(), isUnavailable, name));
  const published = bus.ingress.publish([message(config, 'live:1', 'gift', 'g')]);
  await redis.kill();
  await Promise.all(asked);
  isUnavailable((await published)[0]);
});

test('restarted: subscribers get `resumed` once, then frames arrive again', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  const { frames, resumed } = await watch(bus);
  await sendGift(bus, 'before', 'me');
  await eventually(() => assert.equal(frames.length, 1));
  assert.equal(resumed(), 0);
  await redis.kill();
  await eventually(() => assert.rejects(() => bus.health(), isUnavailable));
  await redis.start();
  await eventually(() => assert.equal(resumed(), 1));
  await eventually(() => bus.health());
  await sendGift(bus, 'after', 'me');
  await eventually(() => assert.equal(frames.length, 2));
  assert.equal(resumed(), 1);
  // Redis restarted empty: a new epoch, with offsets from 1.
  assert.notEqual(frames[1]?.head.epoch, frames[0]?.head.epoch);
  assert.deepEqual(frames[1]?.head.ranges.gift, [1, 1]);
});

test('restarted: ingress notifications and freed leases arrive again, and listeners are notified once for what they missed', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  let rung = 0;
  const freed: string[] = [];
  await bus.ingress.listen(26, () => rung++);
  await bus.leases.onFreed((name) => freed.push(name));
  await redis.kill();
  await redis.start();
  await eventually(() => assert.equal(rung, 1));
  await eventually(() => bus.health());
  await bus.ingress.publish([message(config, 'live:1', 'gift', 'g')]);
  await eventually(() => assert.equal(rung, 2));
  const boss = await bus.leases.acquire('boss', 'me', 60_000);
  assert.ok(boss);
  await bus.leases.release(boss);
  await eventually(() => assert.deepEqual(freed, ['boss']));
});

test('restarted: record watchers get `resumed` once and every later change; event listeners are notified for all shards', {
  timeout: 30_000,
}, async () => {
  const bus = await openReady();
  const changed: string[] = [];
  let resumed = 0;
  const rung = new Set<number>();
  await bus.records.watch({ changed: ({ record }) => changed.push(record), resumed: () => resumed++ });
  await bus.events.listen((shard) => rung.add(shard));
  await bus.records.set('room:live:1', new Map([['a', { value: '1' }]]));
  await eventually(() => assert.deepEqual(changed, ['room:live:1']));
  assert.equal(resumed, 0);
  await redis.kill();
  await redis.start();
  await eventually(() => assert.equal(resumed, 1));
  await eventually(() => assert.equal(rung.size, config.shards));
  await eventually(() => bus.health());
  await bus.records.set('room:live:1', new Map([['a', { value: '2' }]]));
  await bus.records.set('words', new Map([['a', { value: '2' }]]));
  await eventually(() => assert.deepEqual(changed.slice(1).sort(), ['room:live:1', 'words']));
  assert.equal(resumed, 1);
});

test('losing only the subscription connection resumes subscribers and rejects no command', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  const { frames, resumed } = await watch(bus);
  await redis.command('CLIENT KILL TYPE pubsub');
  await eventually(() => assert.equal(resumed(), 1));
  await sendGift(bus, 'g', 'me');
  await eventually(() => assert.equal(frames.length, 1));
});

test('a subscription closed during the outage gets nothing after it', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  let told = 0;
  const subscription = await bus.frames.subscribe('live:1', { frame: () => told++, resumed: () => told++ });
  const { frames, resumed } = await watch(bus);
  await redis.kill();
  await eventually(() => assert.rejects(() => bus.health(), isUnavailable));
  await subscription.close();
  await redis.start();
  await eventually(() => assert.equal(resumed(), 1));
  await eventually(() => bus.health());
  await sendGift(bus, 'g', 'me');
  await eventually(() => assert.equal(frames.length, 1));
  assert.equal(told, 0);
});

test('after each of many outages, subscribers get `resumed` once and frames arrive again', { timeout: 60_000 }, async () => {
  const bus = await openReady();
  const { frames, resumed } = await watch(bus);
  for (let round = 1; round <= 3; round++) {
    await redis.kill();
    await redis.start();
    await eventually(() => assert.equal(resumed(), round));
    await eventually(() => bus.health());
    await sendGift(bus, `g${round}`, 'me');
    await eventually(() => assert.equal(frames.length, round));
  }
});

test('a hanging Redis is unavailable after the command timeout, not before, and is used again when it continues', { timeout: 30_000 }, async () => {
  const bus = await openReady({ 'redis.command_timeout_ms': 500 });
  const { frames } = await watch(bus);
  redis.pause();
  const began = performance.now();
  // Channels already subscribed need no answer from Redis.
  await allUnavailable(
    bus,
    2_000,
    Object.keys(methods).filter((name) => name !== 'frames.subscribe'),
  );
  assert.ok(performance.now() - began >= 490, 'a slow answer is waited for');
  redis.resume();
  await eventually(() => bus.health());
  await sendGift(bus, 'after', 'other');
  await eventually(() => assert.match(frames.at(-1)?.payload ?? '', /"id":"after"/));
});

test('a publication that was rejected but stored is one message when it is published again', { timeout: 30_000 }, async () => {
  const bus = await openReady({ 'redis.command_timeout_ms': 300 });
  const gift = message(config, 'live:1', 'gift', 'g');
  redis.pause();
  isUnavailable((await bus.ingress.publish([gift]))[0]);
  redis.resume();
  await eventually(async () => assert.deepEqual(await bus.ingress.publish([gift]), [{ id: 'g', duplicate: true }]));
  assert.equal((await bus.ingress.read(26, 'gift', undefined, 10)).length, 1);
});

test('scripts are loaded again after SCRIPT FLUSH', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  await sendGift(bus, 'one', 'me');
  assert.match(await redis.command('SCRIPT FLUSH'), /OK/);
  await sendGift(bus, 'two', 'me');
  assert.equal((await bus.streams.heads('live:1')).offsets.gift, 2);
});

test('a Redis that is loading, full or a replica gives `unavailable`, not `internal`', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  await redis.command('CONFIG SET maxmemory 1');
  isUnavailable((await bus.ingress.publish([message(config, 'live:1', 'gift', 'g')]))[0]);
  await assert.rejects(() => bus.streams.heads('live:1'), isUnavailable);
  await redis.command('CONFIG SET maxmemory 0');
  assert.deepEqual(await bus.ingress.publish([message(config, 'live:1', 'gift', 'g')]), [{ id: 'g', duplicate: false }]);
  await redis.command('REPLICAOF 127.0.0.1 1');
  await eventually(async () => isUnavailable((await bus.ingress.publish([message(config, 'live:1', 'gift', 'h')]))[0]));
  await redis.command('REPLICAOF NO ONE');
  await eventually(async () => assert.deepEqual(await bus.ingress.publish([message(config, 'live:1', 'gift', 'h')]), [{ id: 'h', duplicate: false }]));
});

test('stop closes all connections and timers, also while Redis is down', { timeout: 30_000 }, async () => {
  const bus = await openReady();
  const { resumed } = await watch(bus);
  await redis.kill();
  await bus.stop();
  await allUnavailable(bus, 1_000);
  await redis.start();
  await bus.stop();
  assert.equal(resumed(), 0);
});
