// socket.io's own cluster channel, on Redis: what one edge tells the others, such as to disconnect a user. Frames never travel
// here. The adapter does not catch its failed publishes and would end the process with Redis; its clients are given to it with
// that mended.
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

  /** `disconnect` is called for a user that another edge was told to disconnect. */
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

  /** Tells every other edge. */
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

/** The client, with the promises of the commands the adapter leaves alone caught; with `want`, subscriptions go there. */
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
