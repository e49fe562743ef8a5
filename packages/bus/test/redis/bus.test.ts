// Runs the conformance suite on the Redis engine with a real Redis.
import { after, before } from 'node:test';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { Redis } from 'ioredis';
import type { Heads } from '../../src/contract/streams.ts';
import { RedisBus } from '../../src/redis/bus.ts';
import { createKeys } from '../../src/redis/keys.ts';
import { busConformance } from '../conformance.ts';
import { putBack } from '../put-back.ts';

let redis: RedisServer;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());

busConformance('redis', async (set) => {
  await redis.command('FLUSHALL');
  const runtime = testRuntime({ after }, { 'redis.url': redis.url, ...set });
  const { config } = runtime;
  const bus = new RedisBus(runtime);
  await bus.start();
  await eventually(() => bus.health());
  const rollBack = (room: string, heads: Heads) => putBack(new Redis(redis.url), createKeys(config.redis.prefix, config.shards, 0), room, heads);
  return { bus, config, clock: runtime.clock, wipe: async () => void (await redis.command('FLUSHALL')), rollBack, close: () => bus.stop() };
});
