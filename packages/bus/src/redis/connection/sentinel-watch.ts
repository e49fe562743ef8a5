// Hears from the sentinels that another server is master and ends the connections of this process to the one before. In a planned
// failover that one takes writes for about eight seconds more, until a sentinel makes it a replica and they are gone. One watch serves all
// connections of a process; while a sentinel cannot be reached, the others are heard, and the old master's own end at the latest.
import { backoffMs, type Runtime } from '@danmux/runtime';
import { Redis } from 'ioredis';
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

  /** The watch of this process; all its connections are to one group. */
  static of(runtime: Runtime, target: RedisTarget): SentinelWatch {
    const watch = watches.get(runtime) ?? new SentinelWatch(runtime, target);
    watches.set(runtime, watch);
    return watch;
  }

  /** Until `remove`. */
  add(client: Redis): void {
    this.#watched.add(client);
    if (this.#sentinels.length === 0) this.#sentinels = this.#target.nodes.map((node) => this.#listen(node));
  }

  /** With the last one the connections to the sentinels end. */
  remove(client: Redis): void {
    if (!this.#watched.delete(client) || this.#watched.size > 0) return;
    for (const sentinel of this.#sentinels) sentinel.disconnect();
    this.#sentinels = [];
  }

  #listen({ host, port }: RedisTarget['nodes'][number]): Redis {
    const sentinel = new Redis({
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

  /** `NAME OLD-HOST OLD-PORT NEW-HOST NEW-PORT`; each sentinel says it when it learns it, and until then names the old one to who asks. */
  #switched(text: string): void {
    const [name, oldHost, oldPort, host, port] = text.split(' ');
    if (name !== this.#target.name) return;
    const left = [...this.#watched].filter((client) => isConnected(client) && addressOf(client) !== `${host}:${port}`);
    if (left.length === 0) return;
    this.#runtime.log.warn(
      { from: `${oldHost}:${oldPort}`, to: `${host}:${port}`, connections: left.length },
      'the sentinels have another master: connecting to it',
    );
    for (const client of left) client.disconnect(true);
  }

  #caught(error: unknown, sentinel: string): void {
    this.#runtime.caught('sentinel-watch', error, 'a sentinel cannot be heard', { level: 'debug', fields: { sentinel } });
  }
}

function isConnected({ status }: Redis): boolean {
  return status === 'ready' || status === 'connect';
}
