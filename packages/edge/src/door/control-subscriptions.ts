// Maintains the Redis subscriptions of socket.io's adapter, which subscribes only once, at start. Subscribes again on every reconnect, and
// retries with backoff when Redis refuses.
import type { RedisConnection } from '@danmux/bus/redis';
import { backoffMs } from '@danmux/runtime';

const methods = ['subscribe', 'psubscribe'] as const;
type Method = (typeof methods)[number];

export function isSubscribing(method: PropertyKey): method is Method {
  return (methods as readonly PropertyKey[]).includes(method);
}

export class ControlSubscriptions {
  readonly #connection: Pick<RedisConnection, 'client' | 'up' | 'onReady'>;
  readonly #caught: (error: unknown) => void;
  readonly #wanted = new Map<string, readonly [method: Method, channels: readonly string[]]>();
  #retry: NodeJS.Timeout | undefined;
  #tries = 0;

  constructor(connection: Pick<RedisConnection, 'client' | 'up' | 'onReady'>, caught: (error: unknown) => void) {
    this.#connection = connection;
    this.#caught = caught;
    connection.onReady(() => this.#ask());
  }

  /** Subscribes to these channels and restores the subscription after every reconnect. */
  want(method: Method, channels: readonly string[]): void {
    this.#wanted.set(`${method} ${channels.join(' ')}`, [method, channels]);
    if (this.#connection.up) this.#ask();
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  #ask(): void {
    clearTimeout(this.#retry);
    const { client } = this.#connection;
    Promise.all([...this.#wanted.values()].map(([method, channels]) => client[method](...channels))).then(
      () => {
        this.#tries = 0;
      },
      (error: unknown) => {
        this.#caught(error);
        // While disconnected there is nothing to retry: the reconnect subscribes again.
        this.#retry = setTimeout(() => this.#connection.up && this.#ask(), backoffMs(++this.#tries, { baseMs: 500, maxMs: 5_000 }));
      },
    );
  }
}
