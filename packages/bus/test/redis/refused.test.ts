// A Redis that refuses commands: each refusal is reported with its code, nothing is written to a wrong database, and the bus recovers
// without a restart when the refusal ends.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisBus } from '../../src/redis/bus.ts';

let redis: RedisServer;
let opened: RedisBus[] = [];
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
beforeEach(async () => {
  await redis.command('FLUSHALL');
  await redis.command('ACL SETUSER app reset on >secret ~* &* +@all');
});
afterEach(async () => {
  await Promise.all(opened.map((bus) => bus.stop()));
  opened = [];
  await redis.command('CONFIG SET maxmemory 0');
  await redis.command('REPLICAOF NO ONE');
});

async function open(database = ''): Promise<{ bus: RedisBus; runtime: Runtime }> {
  const url = `${redis.url.replace('redis://', 'redis://app:secret@')}${database}`;
  const runtime = testRuntime({ after }, { 'redis.url': url, shards: 1 }, { role: 'api' });
  const bus = new RedisBus(runtime);
  opened.push(bus);
  await bus.start();
  return { bus, runtime };
}

let sent = 0;
async function publish(bus: RedisBus): Promise<string> {
  const [result] = await bus.ingress.publish([{ room: 'live:1', lane: 'gift', id: `g${++sent}`, body: '{}', trace: '' }]);
  return result instanceof DanmuxError ? result.code : 'ok';
}
const states = ({ degraded }: Runtime) => degraded.list.map(({ code, text }) => `${code} ${text}`).join('\n');

test('a database that does not exist or is forbidden is refused; database 0 is never used instead', async () => {
  for (const [acl, named] of [
    ['+@all', 'NODB select'],
    ['-select', 'NOPERM select'],
  ] as const) {
    await redis.command(`ACL SETUSER app ${acl}`);
    const { bus, runtime } = await open(acl === '-select' ? '/1' : '/16');
    await eventually(() => assert.match(states(runtime), new RegExp(`^redis_refused .*${named}`)));
    for (let i = 0; i < 20; i++) {
      assert.equal(await publish(bus), 'unavailable');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await assert.rejects(bus.health());
    assert.match(await redis.command('DBSIZE'), /^:0/);
  }
  await redis.command('ACL SETUSER app +@all');
  const last = opened.at(-1) as RedisBus;
  await eventually(() => last.health());
  assert.equal(await publish(last), 'ok');
});

test('a full Redis refuses writes and sets a degraded state; both end when memory is free', async () => {
  const { bus, runtime } = await open();
  await eventually(() => bus.health());
  assert.equal(await publish(bus), 'ok');
  await redis.command('CONFIG SET maxmemory 1');
  assert.equal(await publish(bus), 'unavailable');
  assert.match(states(runtime), /^redis_full Redis refuses: OOM evalsha ingress-publish(: \w+)? \(commands\)\. Redis is out of memory/);
  await bus.health();
  await redis.command('CONFIG SET maxmemory 0');
  assert.equal(await publish(bus), 'ok', 'at once');
  await eventually(async () => {
    await publish(bus);
    assert.equal(states(runtime), '');
  });
});

test('on a full Redis, members stay listed and announce that it is full', async () => {
  const { bus } = await open();
  const member = { id: 'api@a', role: 'api', address: '', version: '0', load: 0 };
  await eventually(() => bus.health());
  await bus.members.announce(member, 60_000);
  await redis.command('CONFIG SET maxmemory 1');
  assert.equal(await publish(bus), 'unavailable');
  const degraded = [{ code: 'redis_full', text: 'Redis is full.' }];
  await bus.members.announce({ ...member, degraded }, 60_000);
  await bus.members.announce({ ...member, id: 'api@b' }, 60_000);
  const known = await bus.members.list();
  assert.deepEqual(known.map(({ id }) => id).sort(), ['api@a', 'api@b']);
  assert.deepEqual(known.find(({ id }) => id === 'api@a')?.degraded, degraded);
});

test('a replica is reported by its address, retried at a slow pace, and used again once it is a master', async () => {
  const { bus, runtime } = await open();
  await eventually(() => bus.health());
  await redis.command('REPLICAOF 127.0.0.1 1');
  const connections = async () => Number(/total_connections_received:(\d+)/.exec(await redis.command('INFO stats'))?.[1]);
  const before = await connections();
  const end = performance.now() + 2_000;
  let refused = 0;
  while (performance.now() < end) {
    if ((await publish(bus)) === 'unavailable') refused++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.match(states(runtime), /READONLY evalsha ingress-publish/);
  assert.ok(refused > 50, `${refused}`);
  const opened = (await connections()) - before;
  assert.ok(opened < 15, `${opened} connections in two seconds`);
  await redis.command('REPLICAOF NO ONE');
  await eventually(async () => assert.equal(await publish(bus), 'ok'));
});

test('refused channels are subscribed again later, and their subscribers get `resumed`', async () => {
  const { bus, runtime } = await open();
  await eventually(() => bus.health());
  let resumed = 0;
  await bus.frames.subscribe('live:1', { frame: () => {}, resumed: () => resumed++ });
  // Also closes the subscribed connection.
  await redis.command('ACL SETUSER app resetchannels');
  await eventually(() => assert.match(states(runtime), /NOPERM subscribe \(subscriptions\)/));
  await assert.rejects(bus.health(), /needs: NOPERM subscribe/);
  await redis.command('CONFIG RESETSTAT');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const tries = Number(/cmdstat_subscribe:\S*rejected_calls=(\d+)/.exec(await redis.command('INFO commandstats'))?.[1] ?? 0);
  assert.ok(tries <= 6, `${tries} in a second`);
  assert.equal(resumed, 0);
  await redis.command('ACL SETUSER app &*');
  await eventually(() => assert.equal(resumed, 1));
});

test('a wrong password is reported by its code, without the password', async () => {
  await redis.command('ACL SETUSER app resetpass >other');
  const { bus, runtime } = await open();
  await eventually(() => assert.match(states(runtime), /WRONGPASS hello \(commands\)/));
  assert.doesNotMatch(states(runtime), /secret/);
  await redis.command('ACL SETUSER app >secret');
  await eventually(() => bus.health());
  await eventually(() => assert.equal(states(runtime), ''));
});
