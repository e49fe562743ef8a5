// Finds the Redis server that a drill breaks: the single server, the current master of a Sentinel group, or the Redis Cluster master
// of the drill's room. It sends commands over REDIS_URL, so that Redis may run anywhere.
import { shardOf } from '@danmux/bus';
import { parseRedisUrl, type RedisNode, type RedisTarget, sentinelOptions, serverOptions } from '@danmux/bus/redis';
import type { Config } from '@danmux/runtime';
import { Redis } from 'ioredis';

type Login = ReturnType<typeof serverOptions>;

export class RedisMaster {
  readonly target: RedisTarget;
  readonly #config: Config;
  readonly #room: string;

  constructor(config: Config, room: string) {
    if (!config.redis.url) throw new Error('this drill needs the REDIS_URL of the cluster');
    this.target = parseRedisUrl(config.redis.url);
    this.#config = config;
    this.#room = room;
  }

  async address(): Promise<RedisNode> {
    if (this.target.mode === 'sentinel') return this.#namedBySentinels();
    if (this.target.mode === 'cluster') return this.#masterOfRoom();
    return this.#first;
  }

  /** Sends one command to a node; rejects when the connection ends before the answer. */
  async command(node: RedisNode, name: string, ...args: (string | number)[]): Promise<unknown> {
    return this.#ask(node, serverOptions(this.target, this.#config.redis), name, args);
  }

  /** Milliseconds of silence after which the sentinels consider a master down. */
  async downAfterMs(): Promise<number> {
    const fields = (await this.#askSentinel('SENTINEL', 'master', this.target.name ?? '')) as string[];
    return Number(fields[fields.indexOf('down-after-milliseconds') + 1]);
  }

  async #namedBySentinels(): Promise<RedisNode> {
    const [host = '', port] = (await this.#askSentinel('SENTINEL', 'get-master-addr-by-name', this.target.name ?? '')) as string[];
    return { host, port: Number(port) };
  }

  async #masterOfRoom(): Promise<RedisNode> {
    const { redis, shards } = this.#config;
    const slot = Number(await this.#anyOf('CLUSTER', 'KEYSLOT', `${redis.prefix}:{s${shardOf(this.#room, shards)}}:`));
    const ranges = (await this.#anyOf('CLUSTER', 'SLOTS')) as [from: number, to: number, master: [host: string, port: number]][];
    const held = ranges.find(([from, to]) => slot >= from && slot <= to);
    if (!held) throw new Error(`no master serves slot ${slot}`);
    return { host: held[2][0], port: held[2][1] };
  }

  get #first(): RedisNode {
    const [first] = this.target.socket ? [{ host: this.target.socket, port: 0 }] : this.target.nodes;
    if (!first) throw new Error('redis.url names no server');
    return first;
  }

  /** Tries the nodes in order until one answers. */
  async #anyOf(name: string, ...args: string[]): Promise<unknown> {
    let last: unknown;
    for (const node of this.target.nodes) {
      try {
        return await this.command(node, name, ...args);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async #askSentinel(name: string, ...args: string[]): Promise<unknown> {
    let last: unknown;
    for (const node of this.target.nodes) {
      try {
        return await this.#ask(node, sentinelOptions(this.target, this.#config.redis), name, args);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async #ask({ host, port }: RedisNode, login: Login, name: string, args: (string | number)[]): Promise<unknown> {
    const { socket } = this.target;
    const place = { host, port, ...(socket ? { path: socket } : {}) };
    const redis = new Redis({ ...place, ...login, lazyConnect: true, retryStrategy: null, connectTimeout: 3_000 });
    // Without a listener ioredis prints the error, and the failed call already rejects with it.
    redis.on('error', () => {});
    try {
      await redis.connect();
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }
}
