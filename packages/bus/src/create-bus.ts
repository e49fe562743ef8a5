// Chooses the engine the config asks for.
import type { Runtime } from '@danmux/runtime';
import type { Bus } from './bus.ts';
import { MemoryBus } from './memory/memory-bus.ts';
import { RedisBus } from './redis/redis-bus.ts';

/** A bus that is not started yet. `auto` is redis as soon as an address is given. */
export function createBus(runtime: Runtime): Bus {
  const { engine, redis } = runtime.config;
  return engine === 'redis' || (engine === 'auto' && redis.url) ? new RedisBus(runtime) : new MemoryBus(runtime);
}
