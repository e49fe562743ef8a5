// Subscribes to the sentinels' `+switch-master` and closes this process's connections to the old master. After a planned failover the old
// master accepts writes for about eight more seconds, and loses them when a sentinel turns it into a replica. One watch serves all
// connections of a process and listens to every sentinel, so that one unreachable sentinel does not matter.
import { backoffMs, type Runtime } from '@danmux/runtime';
import { Redis } from 'ioredis';
import { sentinelOptions } from './client-options.ts';
import { addressOf } from './connected-address.ts';
import type { RedisTarget } from './url.ts';

const channel = '+switch-master';
const watches = new WeakMap<Runtime, SentinelWatch>();

export class SentinelWatch {
  readonly #runtime: Runtime;
  readonly #target: RedisTarget;
  readonly #watched = new Set<Redis>();
  #sentinels: readonly Redis[] = [];

  private constructor(runtime: Runtime, target: RedisTarget) {
    this.#runtime = runtime;
    this.#target = target;
  }

  /** The shared watch of this process; all of its connections belong to one Sentinel group. */
  static of(runtime: Runtime, target: RedisTarget): SentinelWatch {
    const watch = watches.get(runtime) ?? new SentinelWatch(runtime, target);
    watches.set(runtime, watch);
    return watch;
  }

  /** Closes this client's connection when the master changes, until `remove`. */
  add(client: Redis): void {
    this.#watched.add(client);
    if (this.#sentinels.length === 0) this.#sentinels = this.#target.nodes.map((node) => this.#listen(node));
  }

  /** Removing the last client closes the connections to the sentinels. */
  remove(client: Redis): void {
    if (!this.#watched.delete(client) || this.#watched.size > 0) return;
    for (const sentinel of this.#sentinels) sentinel.disconnect();
    this.#sentinels = [];
  }

  #listen({ host, port }: RedisTarget['nodes'][number]): Redis {
    const sentinel = new Redis({
      ...sentinelOptions(this.#target, this.#runtime.config.redis),
      ...{ host, port, lazyConnect: true, enableReadyCheck: false, enableOfflineQueue: false, autoResubscribe: false, maxRetriesPerRequest: 0 },
      connectionName: 'danmux-sentinel-watch',
      connectTimeout: 3_000,
      keepAlive: 5_000,
      disconnectTimeout: 100,
      disableClientInfo: true,
      retryStrategy: (attempt) => backoffMs(attempt, { baseMs: 100, maxMs: 2_000 }),
    });
    const caught = (error: unknown) => this.#caught(error, `${host}:${port}`);
    sentinel.on('error', caught);
    sentinel.on('ready', () => void sentinel.subscribe(channel).catch(caught));
    sentinel.on('message', (_channel: string, text: string) => this.#switched(text));
    sentinel.connect().catch(caught);
    return sentinel;
  }

  /** Message: `NAME OLD-HOST OLD-PORT NEW-HOST NEW-PORT`. Until a sentinel publishes this, it still names the old master. */
  #switched(text: string): void {
    const [name, oldHost, oldPort, host, port] = text.split(' ');
    if (name !== this.#target.name) return;
    const left = [...this.#watched].filter((client) => isConnected(client) && addressOf(client) !== `${host}:${port}`);
    if (left.length === 0) return;
    this.#runtime.log.warn(
      { from: `${oldHost}:${oldPort}`, to: `${host}:${port}`, connections: left.length },
      'the sentinels announced a new master; reconnecting to it',
    );
    for (const client of left) client.disconnect(true);
  }

  #caught(error: unknown, sentinel: string): void {
    this.#runtime.caught('sentinel-watch', error, 'cannot subscribe to a sentinel', { level: 'debug', fields: { sentinel } });
  }
}

function isConnected({ status }: Redis): boolean {
  return status === 'ready' || status === 'connect';
}
