// Tests of ControlSubscriptions: the adapter's channels are subscribed after every connect, and again after a refusal.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { RedisConnection } from '@danmux/bus/redis';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { ControlSubscriptions } from '../../src/door/control-subscriptions.ts';

let redis: RedisServer;
const ends: (() => void)[] = [];
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function wanted(): Promise<{ caught: unknown[]; got: string[] }> {
  const url = redis.url.replace('redis://', 'redis://app:secret@');
  const runtime = testRuntime({ after }, { 'redis.url': url }, { role: 'edge' });
  const connection = new RedisConnection(runtime, 'control-subscriptions', { enableOfflineQueue: true, autoResubscribe: true, maxRetriesPerRequest: null });
  const caught: unknown[] = [];
  const got: string[] = [];
  const subscriptions = new ControlSubscriptions(connection, (error) => caught.push(error));
  connection.client.on('message', (channel: string) => got.push(channel));
  connection.client.on('pmessage', (pattern: string) => got.push(pattern));
  ends.push(
    () => subscriptions.stop(),
    () => connection.stop(),
  );
  subscriptions.want('subscribe', ['a', 'b']);
  subscriptions.want('psubscribe', ['c*']);
  connection.start();
  return { caught, got };
}

async function mustHear(got: string[]): Promise<void> {
  await eventually(async () => {
    got.length = 0;
    for (const channel of ['a', 'b', 'c1']) await redis.command(`PUBLISH ${channel} x`);
    await eventually(() => assert.deepEqual(got.sort(), ['a', 'b', 'c*']), { timeoutMs: 500 });
  });
}

test('subscribed when the connection stands, and when it stands again', async () => {
  await redis.command('ACL SETUSER app reset on >secret ~* &* +@all');
  const { got, caught } = await wanted();
  await mustHear(got);
  await redis.command('CLIENT KILL TYPE pubsub');
  await mustHear(got);
  assert.deepEqual(caught, []);
});

test('refused at the start, or later, it is asked for again and ends no process', async () => {
  await redis.command('ACL SETUSER app reset on >secret ~* resetchannels +@all');
  const { got, caught } = await wanted();
  await eventually(() => assert.ok(caught.length > 0, 'it is refused'));
  await redis.command('ACL SETUSER app &*');
  await mustHear(got);
  const before = caught.length;
  // Ends the connection; what ioredis asks for by itself is refused too.
  await redis.command('ACL SETUSER app resetchannels');
  await eventually(() => assert.ok(caught.length > before, 'it is refused again'));
  await redis.command('ACL SETUSER app &*');
  await mustHear(got);
});
