// Detection of a restarted or promoted Redis: the next claim of a room begins a new epoch, because messages may be lost. The same server, or
// one that forbids INFO, begins none.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisBus } from '../../src/redis/bus.ts';

const room = 'live:1';
let redis: RedisServer;
let other: RedisServer;
before(async () => {
  [redis, other] = await Promise.all([startRedis(), startRedis()]);
});
after(async () => void (await Promise.all([redis.stop(), other.stop()])));

let open: RedisBus[] = [];
afterEach(async () => {
  await Promise.all(open.map((bus) => bus.stop()));
  open = [];
  await redis.command('FLUSHALL');
});

async function connect(url = redis.url): Promise<{ bus: RedisBus; begun: () => Promise<Record<string, number>> }> {
  const runtime = testRuntime({ after }, { 'redis.url': url });
  const bus = new RedisBus(runtime);
  open.push(bus);
  await bus.start();
  await eventually(() => bus.health());
  const begun = async () => Object.fromEntries((await runtime.metrics.epochs.get()).values.map(({ labels, value }) => [labels['reason'], value]));
  return { bus, begun };
}

test('after a restart the first claim of a room begins a new epoch, once; reads without a claim begin none', async () => {
  const { bus, begun } = await connect();
  const heads = await bus.streams.heads(room, {});
  const quiet = await bus.streams.heads('live:quiet');
  await redis.command('SAVE');
  await redis.kill();
  await redis.start();
  await eventually(() => bus.health());
  assert.deepEqual(await bus.streams.heads(room), heads, 'who only reads changes nothing');
  const next = await bus.streams.heads(room, { known: heads });
  assert.deepEqual([next.epoch === heads.epoch, next.forks], [false, [{ epoch: heads.epoch, offsets: heads.offsets }]]);
  assert.deepEqual(await bus.streams.heads(room, { known: heads }), next);
  assert.deepEqual(await bus.streams.heads(room, {}), next);
  assert.deepEqual(await bus.streams.heads('live:quiet', {}), quiet, 'of heads that were never claimed nothing is known');
  assert.deepEqual(await begun(), { unproven: 1 });
});

test('a restart that also reverts heads gives the reason went_back', async () => {
  const { bus, begun } = await connect();
  const heads = await bus.streams.heads(room, {});
  await redis.command('SAVE');
  await redis.kill();
  await redis.start();
  await eventually(() => bus.health());
  await bus.streams.heads(room, { known: { ...heads, offsets: { ...heads.offsets, gift: 1 } } });
  assert.deepEqual(await begun(), { went_back: 1 });
});

test('a promoted replica begins a new epoch, and so does the old master when it becomes master again', async () => {
  const port = new URL(redis.url).port;
  // Sync the new replica immediately instead of waiting for more replicas.
  for (const server of [redis, other]) await server.command('CONFIG SET repl-diskless-sync-delay 0');
  const { bus } = await connect();
  const { epoch } = await bus.streams.heads(room, {});
  await other.command(`REPLICAOF 127.0.0.1 ${port}`);
  await eventually(async () => assert.match(await other.command('INFO replication'), /master_link_status:up/));
  assert.equal((await bus.streams.heads(room, {})).epoch, epoch, 'a replica more changes nothing');
  await other.command('REPLICAOF NO ONE');
  const promoted = await connect(other.url);
  const second = await promoted.bus.streams.heads(room, {});
  assert.notEqual(second.epoch, epoch);
  await redis.command(`REPLICAOF 127.0.0.1 ${new URL(other.url).port}`);
  await eventually(async () => assert.match(await redis.command('INFO replication'), /master_link_status:up/));
  await redis.command('REPLICAOF NO ONE');
  const third = await bus.streams.heads(room, {});
  assert.deepEqual(
    third.forks?.map((fork) => fork.epoch),
    [second.epoch, epoch],
  );
});

test('heads work for a Redis user whose ACL forbids INFO', async () => {
  await redis.command('ACL SETUSER lean on >lean ~* &* +@all -info');
  const url = redis.url.replace('redis://', 'redis://lean:lean@');
  const { bus } = await connect(url);
  const heads = await bus.streams.heads(room, {});
  assert.deepEqual(await bus.streams.heads(room, { known: heads }), heads);
  const behind = await bus.streams.heads(room, { known: { ...heads, offsets: { ...heads.offsets, gift: 3 } } });
  assert.notEqual(behind.epoch, heads.epoch, 'heads that went back are seen without it');
});
