// Sends control events between edges, such as disconnecting a user, over socket.io's Redis adapter. Frames do not use the adapter. The adapter
// does not catch its own failed publishes, and an unhandled rejection would crash the process when Redis fails. `guardClient` therefore wraps
// the Redis clients of the adapter.
import { channelPrefix, RedisConnection } from '@danmux/bus/redis';
import type { Part, Runtime } from '@danmux/runtime';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import { ControlSubscriptions, isSubscribing } from './control-subscriptions.ts';

const disconnectEvent = 'disconnect_user';

export class ClusterControl implements Part {
  readonly name = 'cluster-control';
  readonly #io: Server;
  readonly #publish: RedisConnection;
  readonly #subscribe: RedisConnection;
  readonly #subscriptions: ControlSubscriptions;

  /** `disconnect` is called when another edge asks to disconnect a user. */
  constructor(runtime: Runtime, io: Server, disconnect: (user: string) => void) {
    this.#io = io;
    this.#publish = new RedisConnection(runtime, 'control-commands');
    this.#subscribe = new RedisConnection(runtime, 'control-subscriptions', { enableOfflineQueue: true, autoResubscribe: true, maxRetriesPerRequest: null });
    const caught = (error: unknown) => {
      runtime.caught('cluster-control', error, 'cluster control could not reach redis', { level: 'debug' });
    };
    const options = { key: `${channelPrefix(runtime.config.redis.prefix, this.#publish.target.db)}:control`, requestsTimeout: 2_000 };
    this.#subscriptions = new ControlSubscriptions(this.#subscribe, caught);
    const guarded = guardClient(this.#subscribe.client, caught, (method, channels) => this.#subscriptions.want(method, channels));
    io.adapter(createAdapter(guardClient(this.#publish.client, caught), guarded, options));
    io.on(disconnectEvent, (user: unknown) => {
      if (typeof user === 'string') disconnect(user);
    });
  }

  /** Asks every other edge to disconnect the user; lost while Redis is down. */
  disconnectUser(user: string): void {
    this.#io.serverSideEmit(disconnectEvent, user);
  }

  async start(): Promise<void> {
    this.#publish.start();
    this.#subscribe.start();
  }

  async stop(): Promise<void> {
    this.#subscriptions.stop();
    this.#publish.stop();
    this.#subscribe.stop();
  }
}

type Want = ControlSubscriptions['want'];

/** Wraps a client and catches rejections of commands that the adapter does not await. If `want` is given, it replaces the subscribe commands. */
export function guardClient<T extends object>(client: T, caught: (error: unknown) => void, want?: Want): T {
  const watched = new Set<PropertyKey>(['publish', 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe', 'spublish', 'ssubscribe', 'sunsubscribe']);
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (!watched.has(property)) return value.bind(target);
      if (want && isSubscribing(property)) return async (...channels: (string | string[])[]) => want(property, channels.flat());
      return (...args: unknown[]) => Promise.resolve((value as (...args: unknown[]) => unknown).apply(target, args)).catch(caught);
    },
  });
}
