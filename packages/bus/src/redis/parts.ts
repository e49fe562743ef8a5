// What the nouns of the Redis engine share that read the config or the clock, use the store and listen to channels.
import type { Runtime } from '@danmux/runtime';
import type { RedisChannels } from './channels.ts';
import type { RedisStore } from './store.ts';

export interface RedisParts {
  readonly runtime: Runtime;
  readonly store: RedisStore;
  readonly channels: RedisChannels;
}
