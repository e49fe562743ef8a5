// Under `redis.ack: replicated` gifts and control messages count as stored when a replica has them; on a real master with a real replica.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testConfig, testRuntime } from '@danmux/testkit/unit';
import { createBus } from '../../src/create-bus.ts';
import { RedisBus } from '../../src/redis/bus.ts';
import { message, readIds } from '../conformance/case-kit.ts';

let master: RedisServer;
let replica: RedisServer;
const opened: RedisBus[] = [];

before(async () => {
  [master, replica] = await Promise.all([startRedis(), startRedis()]);
  await master.command('CONFIG SET repl-diskless-sync-delay 0');
  await attach();
});
afterEach(async () => {
  replica.resume();
  await attach();
  await Promise.all(opened.splice(0).map((bus) => bus.stop()));
  await master.command('FLUSHALL');
});
after(() => Promise.all([master.stop(), replica.stop()]));

async function attach(): Promise<void> {
  if (/connected_slaves:1/.test(await master.command('INFO replication'))) return;
  await replica.command(`REPLICAOF 127.0.0.1 ${new URL(master.url).port}`);
  await eventually(async () => assert.match(await master.command('INFO replication'), /state=online/));
  const { bus } = await open();
  await mustGoOn(bus);
}

/** Waits until the replica receives writes: Redis lists it as online, and WAIT counts it, up to a second earlier. */
async function mustGoOn(bus: RedisBus): Promise<void> {
  await eventually(async () => assert.ok(!((await bus.ingress.publish([message(config, 'live:2', 'gift')]))[0] instanceof Error)));
}

async function detach(): Promise<void> {
  await replica.command('REPLICAOF NO ONE');
  await eventually(async () => assert.match(await master.command('INFO replication'), /connected_slaves:0/));
}

async function open(set: Readonly<Record<string, unknown>> = {}): Promise<{ bus: RedisBus; runtime: Runtime }> {
  const runtime = testRuntime({ after }, { 'redis.url': master.url, 'redis.ack': 'replicated', ...set });
  const bus = new RedisBus(runtime);
  opened.push(bus);
  await bus.start();
  await eventually(() => bus.health());
  return { bus, runtime };
}

const config = testConfig();
const shard = 26;
const gift = (id: string) => message(config, 'live:1', 'gift', id);

function mustBeUnavailable(result: unknown): void {
  assert.ok(result instanceof DanmuxError, JSON.stringify(result));
  assert.equal(result.code, 'unavailable');
  assert.match(result.message, /replica/);
  assert.ok(result.retryAfterMs);
}

test('a gift and a notice are refused while no replica confirms, chat is not; sent again, each is stored once', async () => {
  const { bus, runtime } = await open();
  assert.deepEqual(await bus.ingress.publish([gift('g0')]), [{ id: 'g0', duplicate: false }]);
  replica.pause();
  const notice = message(config, 'live:1', 'notice', 'n1');
  const [first, second, chat] = await bus.ingress.publish([gift('g1'), notice, message(config, 'live:1', 'chat', 'c1')]);
  mustBeUnavailable(first);
  mustBeUnavailable(second);
  assert.deepEqual(chat, { id: 'c1', duplicate: false });
  assert.deepEqual(
    runtime.degraded.list.map(({ code }) => code),
    ['replicas_missing'],
  );
  replica.resume();
  await eventually(async () => assert.deepEqual(await bus.ingress.publish([gift('g1'), notice]), [g1Again, { id: 'n1', duplicate: true }]));
  assert.deepEqual(await readIds(bus, shard, 'gift'), ['g0', 'g1']);
  assert.deepEqual(runtime.degraded.list, []);
});
const g1Again = { id: 'g1', duplicate: true };

test('a duplicate waits for replicas too, also in a process that did not store the original', async () => {
  const [one, other] = [await open(), await open({ 'redis.ack': 'local' })];
  replica.pause();
  assert.deepEqual(await other.bus.ingress.publish([gift('g1')]), [{ id: 'g1', duplicate: false }]);
  mustBeUnavailable((await one.bus.ingress.publish([gift('g1')]))[0]);
  replica.resume();
  await eventually(async () => assert.deepEqual(await one.bus.ingress.publish([gift('g1')]), [g1Again]));
  // Since Redis 7.2 WAIT covers the last write of its connection, so a duplicate must write something.
  assert.match(await replica.command('GET "danmux:{s26}:seen:live:1 g1"'), /g1/);
});

test('a duplicate rewrites its dedupe key without extending the TTL', async () => {
  const { bus } = await open();
  await bus.ingress.publish([gift('g1')]);
  await master.command('PEXPIRE "danmux:{s26}:seen:live:1 g1" 60000');
  const written = async () => Number(/master_repl_offset:(\d+)/.exec(await master.command('INFO replication'))?.[1]);
  const sets = async () => Number(/cmdstat_set:calls=(\d+)/.exec(await master.command('INFO commandstats'))?.[1]);
  const [offset, before] = [await written(), await sets()];
  assert.deepEqual(await bus.ingress.publish([gift('g1')]), [g1Again]);
  assert.equal(await sets(), before + 1);
  assert.ok((await written()) > offset);
  assert.ok(Number((await master.command('PTTL "danmux:{s26}:seen:live:1 g1"')).slice(1)) <= 60_000);
});

test('confirm resolves when replicas have the earlier writes', async () => {
  const { bus } = await open();
  await bus.ingress.confirm('{jobs}');
  replica.pause();
  await master.command('SET {jobs}:1 delayed');
  await assert.rejects(bus.ingress.confirm('{jobs}'), (error: unknown) => {
    mustBeUnavailable(error);
    return true;
  });
  replica.resume();
  await eventually(() => bus.ingress.confirm('{jobs}'));
  assert.match(await replica.command('GET {jobs}:1'), /delayed/);
});

test('under redis.ack local, no write waits for replicas', async () => {
  const { bus } = await open({ 'redis.ack': 'local' });
  replica.pause();
  await bus.ingress.confirm('{jobs}');
});

test('a thousand concurrent gifts share a few WAITs', async () => {
  const { bus } = await open();
  await master.command('CONFIG RESETSTAT');
  const results = await Promise.all(Array.from({ length: 1_000 }, (_, index) => bus.ingress.publish([message(config, `room-${index}`, 'gift', `g${index}`)])));
  assert.ok(results.flat().every((result) => !(result instanceof Error)));
  const waits = Number(/cmdstat_wait:calls=(\d+)/.exec(await master.command('INFO commandstats'))?.[1]);
  assert.ok(waits > 0 && waits < 20, `${waits} WAITs`);
});

test('without a replica the bus is degraded before the first gift, refuses without writing, and recovers when a replica connects', async () => {
  await detach();
  const { bus, runtime } = await open();
  await eventually(() =>
    assert.match(runtime.degraded.list[0]?.text ?? '', /fewer than 1 replica\(s\) of 127\.0\.0\.1:\d+ confirm a write within 500 ms, or one disconnected/),
  );
  const [refusal] = await bus.ingress.publish([gift('g1')]);
  mustBeUnavailable(refusal);
  assert.match(String(refusal), /nothing was stored/, 'it is refused before it waits for a replica');
  assert.deepEqual(await readIds(bus, shard, 'gift'), []);
  await attach();
  await eventually(() => assert.deepEqual(runtime.degraded.list, []));
  await mustGoOn(bus);
});

test('with two required replicas and one connected, gifts are refused', async () => {
  const { bus } = await open({ 'redis.ack_replicas': 2 });
  mustBeUnavailable((await bus.ingress.publish([gift('g1')]))[0]);
});

test('scripts are loaded again after SCRIPT FLUSH, and the write still waits for replicas', async () => {
  const { bus } = await open();
  await master.command('SCRIPT FLUSH');
  assert.deepEqual(await bus.ingress.publish([gift('g1')]), [{ id: 'g1', duplicate: false }]);
  assert.match(await replica.command('GET "danmux:{s26}:seen:live:1 g1"'), /g1/);
});

test('after its master is demoted to a replica, a gift rejects with `unavailable` and is not stored', async () => {
  const { bus } = await open();
  await detach();
  await master.command(`REPLICAOF 127.0.0.1 ${new URL(replica.url).port}`);
  const [result] = await bus.ingress.publish([gift('g1')]);
  assert.ok(result instanceof DanmuxError && result.code === 'unavailable', String(result));
  await master.command('REPLICAOF NO ONE');
  await attach();
  await mustGoOn(bus);
});

test('contradicting settings throw a ConfigError that names them', () => {
  const busOf = (set: Readonly<Record<string, unknown>>) => createBus(testRuntime({ after }, { 'redis.ack': 'replicated', ...set }));
  assert.throws(() => busOf({}), /engine is memory, which has no replicas/);
  assert.throws(() => busOf({ engine: 'memory', 'redis.url': 'redis://127.0.0.1' }), /engine is memory/);
  assert.throws(() => busOf({ 'redis.url': 'redis://127.0.0.1', 'redis.ack_timeout_ms': 3_000 }), /must be shorter than redis.command_timeout_ms/);
});
