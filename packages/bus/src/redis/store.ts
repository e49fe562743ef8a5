// How the parts of the Redis engine ask Redis: commands, scripts and the names of keys, with every failure as a DanmuxError.
// It knows no meaning of any key.
import type { Runtime } from '@danmux/runtime';
import { Cluster } from 'ioredis';
import { shardOf } from '../shard.ts';
import type { RedisClient, RedisConnection } from './connection/connection.ts';
import { busError } from './connection/error.ts';
import { createKeys, type Keys, type ShardKeys } from './keys.ts';
import { defineScripts, runScript, type ScriptName } from './scripts.ts';

export class RedisStore {
  readonly keys: Keys;
  /** How scripts publish: on a Redis Cluster channels are sharded. */
  readonly publishCommand: 'PUBLISH' | 'SPUBLISH';
  /** Whether this is a Redis Cluster. */
  readonly cluster: boolean;
  readonly #client: RedisClient;
  readonly #shards: number;

  constructor({ config }: Runtime, { client, target }: RedisConnection) {
    this.keys = createKeys(config.redis.prefix, config.shards, target.db);
    this.cluster = client instanceof Cluster;
    this.publishCommand = this.cluster ? 'SPUBLISH' : 'PUBLISH';
    this.#client = client;
    this.#shards = config.shards;
    defineScripts(client);
  }

  shardOf(room: string): number {
    return shardOf(room, this.#shards);
  }

  /** The keys of the room's shard. */
  of(room: string): ShardKeys {
    return this.keys.shard(this.shardOf(room));
  }

  async ask<T>(command: (redis: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await command(this.#client);
    } catch (error) {
      throw busError(error);
    }
  }

  /** The answer's form is the one the script's file states. */
  run(name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.ask((redis) => runScript(redis, name, keys, args));
  }

  eachShard<T>(ask: (shard: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: this.#shards }, (_, shard) => ask(shard)));
  }
}
