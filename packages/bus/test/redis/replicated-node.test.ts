// Cases in which WAIT alone proves nothing: a connection that ended between a write and its WAIT, a replica that left, a server without WAITAOF.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { eventually, testConfig } from '@danmux/testkit/unit';
import type { Redis } from 'ioredis';
import { ReplicatedNode } from '../../src/redis/replicated-node.ts';

class FakeRedis extends EventEmitter {
  readonly options = { host: 'h', port: 1 };
  status = 'ready';
  readonly sent: string[] = [];
  readonly cut: boolean[] = [];
  wait: (replicas: number, timeoutMs: number) => Promise<number> = async (...args) => this.sent.push(`WAIT ${args.join(' ')}`) && 1;
  call: (...args: (string | number)[]) => Promise<unknown> = async (...args) => this.sent.push(args.join(' ')) && [1, 1];

  info: () => Promise<string> = async () => 'slave0:ip=h,state=online,lag=0\r\nslave1:ip=h,state=online,lag=0\r\nslave2:ip=h,state=wait_bgsave';
  stream = { remoteAddress: '127.0.0.1', remotePort: 1 };

  disconnect(again: boolean): void {
    this.cut.push(again);
  }
}

function nodeOf(redis: FakeRedis, set: Readonly<Record<string, unknown>> = {}): ReplicatedNode {
  const config = testConfig({ 'redis.ack': 'replicated', ...set });
  return new ReplicatedNode(redis as unknown as Redis, config.redis, () => {});
}

const unavailable = { name: 'DanmuxError', code: 'unavailable' };

test('a connection that ends between write and WAIT confirms nothing: a new one would count replicas that never saw the write', async () => {
  const redis = new FakeRedis();
  const node = nodeOf(redis);
  await assert.rejects(
    node.write(async () => redis.emit('close'), 0),
    unavailable,
  );
  assert.deepEqual(redis.sent, []);
  redis.wait = async () => Number(redis.emit('close'));
  await assert.rejects(
    node.write(async () => 'stored', 0),
    unavailable,
  );
  assert.equal(node.missing, false);
});

test('a failed WAIT gives `unavailable`, and the connection to a demoted master is closed', async () => {
  const redis = new FakeRedis();
  const node = nodeOf(redis);
  for (const text of ['NOPERM', 'UNBLOCKED force unblock from blocking operation, instance state changed', 'ERR WAIT cannot be used with replica instances.']) {
    redis.wait = () => Promise.reject(new Error(text));
    await assert.rejects(
      node.write(async () => 'stored', 0),
      unavailable,
    );
  }
  assert.deepEqual(redis.cut, [true, true]);
});

test('ack_fsync uses WAITAOF; a server without it is reported, and tried again on the next connection', async () => {
  const redis = new FakeRedis();
  const node = nodeOf(redis, { 'redis.ack_fsync': true, 'redis.ack_replicas': 2 });
  redis.call = async (...args) => redis.sent.push(args.join(' ')) && [1, 2];
  assert.equal(await node.write(async () => 'stored', 0), 'stored');
  redis.call = async () => [0, 2];
  await assert.rejects(
    node.write(async () => 'stored', 0),
    unavailable,
  );
  assert.deepEqual([node.missing, node.fsyncs], [true, true]);
  redis.wait = async (...args) => redis.sent.push(`WAIT ${args.join(' ')}`) && 2;
  let now = 0;
  for (const text of ["ERR unknown command 'WAITAOF'", 'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.']) {
    redis.emit('close');
    redis.call = () => Promise.reject(new Error(text));
    now += 60_000;
    node.probe(now);
    await eventually(() => assert.deepEqual([node.missing, node.fsyncs], [false, false]));
  }
  assert.deepEqual(redis.sent, ['WAITAOF 1 2 500', 'WAIT 2 500', 'WAIT 2 500']);
});

test('a master with too few replicas is probed every 100 ms, one with enough every second, and a disconnected one not at all', async () => {
  const redis = new FakeRedis();
  const node = nodeOf(redis);
  let asked = 0;
  redis.wait = async () => {
    asked++;
    return 0;
  };
  const at = async (now: number, expected: number) => {
    node.probe(now);
    await new Promise(setImmediate);
    assert.equal(asked, expected, `asked by ${now} ms`);
  };
  await at(0, 1);
  await at(99, 1);
  await at(100, 2);
  redis.status = 'reconnecting';
  await at(1_000, 2);
  redis.status = 'ready';
  redis.wait = async () => {
    asked++;
    return 1;
  };
  await at(1_000, 3);
  await at(1_999, 3);
  await at(2_000, 4);
});

test('for five seconds after a replica leaves its master no write counts, even if others confirm; writes on another master count', async (t) => {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const redis = new FakeRedis();
  const node = nodeOf(redis);
  const write = () => node.write(async () => 'stored', 0);
  assert.equal(await write(), 'stored');
  redis.info = async () => 'slave1:ip=h,state=online,lag=0';
  await assert.rejects(write(), unavailable);
  assert.equal(node.missing, true);
  now += 4_999;
  node.probe(now);
  await new Promise(setImmediate);
  assert.equal(node.missing, true);
  now += 100;
  node.probe(now);
  await new Promise(setImmediate);
  assert.equal(await write(), 'stored');
  redis.info = async () => '';
  await assert.rejects(write(), unavailable);
  redis.stream = { remoteAddress: '127.0.0.1', remotePort: 2 };
  now += 100;
  node.probe(now);
  await new Promise(setImmediate);
  assert.equal(await write(), 'stored');
});
