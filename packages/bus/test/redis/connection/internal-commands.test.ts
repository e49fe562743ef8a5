// Works around socket listeners that ioredis leaves behind on an ended connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { startRedis } from '@danmux/testkit/unit';
import { Redis } from 'ioredis';
import { catchOwnCommands } from '../../../src/redis/connection/internal-commands.ts';

interface WithSocket {
  readonly connector: { readonly stream: NodeJS.EventEmitter };
}

test('an ended connection is not disconnected again, and can reconnect', { timeout: 10_000 }, async (t) => {
  catchOwnCommands();
  const server = await startRedis();
  t.after(() => server.stop());
  const redis = new Redis(server.url, { retryStrategy: () => null });
  t.after(() => redis.disconnect());
  redis.on('error', () => {});
  await once(redis, 'ready');
  const ended = once(redis, 'end');
  redis.disconnect();
  await ended;
  const { stream } = (redis as unknown as WithSocket).connector;
  const before = stream.listenerCount('close');
  for (let i = 0; i < 20; i++) redis.disconnect();
  assert.equal(stream.listenerCount('close'), before);
  await redis.connect();
  assert.equal(await redis.ping(), 'PONG');
});
