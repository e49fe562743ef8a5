// Creates the engine that the config selects.
import { ConfigError, type Runtime } from '@danmux/runtime';
import type { Bus } from './bus.ts';
import { MemoryBus } from './memory/bus.ts';
import { RedisBus } from './redis/bus.ts';

/** Returns a bus that is not started. `auto` selects Redis when `redis.url` is set. Throws a ConfigError when Redis settings contradict each other. */
export function createBus(runtime: Runtime): Bus {
  const { engine, redis } = runtime.config;
  const onRedis = engine === 'redis' || (engine === 'auto' && redis.url !== '');
  if (redis.ack === 'replicated') checkReplicated(redis, onRedis);
  return onRedis ? new RedisBus(runtime) : new MemoryBus(runtime);
}

function checkReplicated({ ack_timeout_ms, command_timeout_ms }: Runtime['config']['redis'], onRedis: boolean): void {
  if (!onRedis) throw new ConfigError('redis.ack is replicated, but the engine is memory, which has no replicas: set REDIS_URL, or set redis.ack to local.');
  if (ack_timeout_ms < command_timeout_ms) return;
  throw new ConfigError(
    `redis.ack_timeout_ms is ${ack_timeout_ms}; it must be shorter than redis.command_timeout_ms, which is ${command_timeout_ms}, because otherwise the command times out first.`,
  );
}
