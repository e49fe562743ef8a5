// Redis is absent, dies, hangs or restarts empty: every method soon rejects with `unavailable`, and the bus recovers without a restart.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { createRuntime, loadConfig } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis } from '@danmux/testkit/unit';
import type { Bus } from '../../src/bus.ts';
import type { BusFrame } from '../../src/contract/frames.ts';
import type { Lease } from '../../src/contract/leases.ts';
import { RedisBus } from '../../src/redis/bus.ts';
import { commitOf, message, owned } from '../conformance/case-kit.ts';
import { testSettings } from '../settings.ts';

const lease: Lease = { name: 'shard:26', owner: 'me', token: 1 };
const heads = { epoch: 'e', offsets: { control: 0, gift: 0, chat: 0 } };
const member = { id: 'm', role: 'edge', address: '', version: '1', load: 0 };

/** Every method that needs the store, except `publish`, which returns an error per publication. */
const methods: Readonly<Record<string, (bus: Bus) => Promise<unknown>>> = {
  health: (bus) => bus.health(),
  'ingress.read': (bus) => bus.ingress.read(0, 'gift', undefined, 10),
  'ingress.listen': (bus) => bus.ingress.listen(0, () => {}),
  'streams.commit': (bus) => bus.streams.commit({ room: 'live:1', lease, expected: heads, messages: {}, entries: {}, frame: null, counts: {} }),
  'frames.subscribe': (bus) => bus.frames.subscribe('live:1', { frame: () => {}, resumed: () => {} }),
  'streams.heads': (bus) => bus.streams.heads('live:1'),
  'streams.since': (bus) => bus.streams.since('live:1', 'gift', 0, 10, 10),
  'streams.history': (bus) => bus.streams.history('live:1', 'gift', undefined, 10),
  'leases.acquire': (bus) => bus.leases.acquire('boss', 'me', 1_000),
  'leases.renew': (bus) => bus.leases.renew(lease, 1_000),
  'leases.release': (bus) => bus.leases.release(lease),
  'leases.onFreed': (bus) => bus.leases.onFreed(() => {}),
  'presence.report': (bus) => bus.presence.report('e', new Map([['live:1', 1]]), 1_000),
  'presence.online': (bus) => bus.presence.online('live:1'),
  'presence.audience': (bus) => bus.presence.audience('live:1'),
  'presence.totals': (bus) => bus.presence.totals(),
  'members.announce': (bus) => bus.members.announce(member, 1_000),
  'members.leave': (bus) => bus.members.leave('m'),
  'members.list': (bus) => bus.members.list(),
  sweep: (bus) => bus.sweep(),
  'ledger.totals': (bus) => bus.ledger.totals(),
  'claims.begin': (bus) => bus.claims.begin('k', 'hash', 'c'),
  'claims.finish': (bus) => bus.claims.finish('k', 'hash', 'c', 'answer', 1_000),
  'claims.forget': (bus) => bus.claims.forget('k', 'c'),
  'claims.once': (bus) => bus.claims.once('k', 1_000),
  'streams.recall': (bus) => bus.streams.recall('live:1', 'g'),
  'streams.recallAll': (bus) => bus.streams.recallAll('live:1', { scope: { all: true }, positions: {}, ts: 1 }),
  'streams.recalled': (bus) => bus.streams.recalled('live:1'),
  'streams.rooms': (bus) => bus.streams.rooms(),
  'presence.rooms': (bus) => bus.presence.rooms(),
  'frames.subscribed': (bus) => bus.frames.subscribed('live:1'),
  'records.get': (bus) => bus.records.get('room:live:1'),
  'records.version': (bus) => bus.records.version('room:live:1'),
  'records.set': (bus) => bus.records.set('room:live:1', new Map([['a', { value: '1' }]])),
  'records.setIf': (bus) => bus.records.setIf('words', 0, new Map()),
  'records.page': (bus) => bus.records.page('words', '', undefined, 10),
  'records.watch': (bus) => bus.records.watch({ changed: () => {}, resumed: () => {} }),
  'cursors.read': (bus) => bus.cursors.read('boss'),
  'cursors.write': (bus) => bus.cursors.write({ ...lease, name: 'boss' }, new Map([['a', '1']])),
  'events.emit': (bus) => bus.events.emit('live:1', ['{}']),
  'events.read': (bus) => bus.events.read(0, undefined, 10),
  'events.trim': (bus) => bus.events.trim(0, '1-1'),
  'events.dropped': (bus) => bus.events.dropped(),
  'events.listen': (bus) => bus.events.listen(() => {}),
  'logs.append': (bus) => bus.logs.append('audit', ['a'], 10),
  'logs.page': (bus) => bus.logs.page('audit', undefined, 10),
  'logs.find': (bus) => bus.logs.find('audit', '1-1'),
  'logs.remove': (bus) => bus.logs.remove('audit', ['1-1']),
  'receipts.open': (bus) => bus.receipts.open('m', 'live:1', 1),
  'receipts.report': (bus) => bus.receipts.report([{ id: 'm', room: 'live:1', edge: 'e', sent: 1, received: 0 }]),
  'receipts.find': (bus) => bus.receipts.find('m'),
  'traces.add': (bus) => bus.traces.add([{ room: 'live:1', id: 'm', hop: 'stored', node: 'n', at: 1, trace: 't' }]),
  'traces.find': (bus) => bus.traces.find('live:1', 'm'),
  'traffic.add': (bus) => bus.traffic.add([{ room: 'live:1', at: 1, perSecond: { control: 0, gift: 0, chat: 0, ambient: 0 }, counts: {} }]),
  'traffic.find': (bus) => bus.traffic.find('live:1'),
};

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

const { config } = loadConfig(testSettings());

async function open(set: Readonly<Record<string, unknown>> = {}): Promise<RedisBus> {
  const loaded = loadConfig(testSettings({ 'redis.url': redis.url, ...set }));
  const bus = new RedisBus(createRuntime({ config: loaded.config, role: 'test', version: '0', processMetrics: false }));
  opened.push(bus);
  await bus.start();
  return bus;
}

async function openReady(set?: Readonly<Record<string, unknown>>): Promise<RedisBus> {
  const bus = await open(set);
  await eventually(() => bus.health());
  return bus;
}

const isUnavailable = (error: unknown) => {
  assert.ok(error instanceof DanmuxError, String(error));
  assert.equal(error.code, 'unavailable');
  assert.ok((error.retryAfterMs ?? 0) > 0, 'it says when to try again');
  return true;
};

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
  const bus = new RedisBus(
    createRuntime({ config: loadConfig(testSettings({ 'redis.url': redis.url })).config, role: 'test', version: '0', processMetrics: false }),
  );
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
