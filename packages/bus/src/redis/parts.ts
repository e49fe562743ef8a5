// The dependencies of those nouns of the Redis engine that need the runtime (config and clock), the store and the channels.
import type { Runtime } from '@danmux/runtime';
import type { RedisChannels } from './channels.ts';
import type { RedisStore } from './store.ts';

export interface RedisParts {
  readonly runtime: Runtime;
  readonly store: RedisStore;
  readonly channels: RedisChannels;
}
