// Access to Redis for the nouns of the Redis engine: runs commands and scripts, provides key names, and turns every failure into a
// DanmuxError. It does not interpret keys or values.
import type { Runtime } from '@danmux/runtime';
import { Cluster } from 'ioredis';
import { shardOf } from '../shard.ts';
import type { RedisClient, RedisConnection } from './connection/connection.ts';
import { busError } from './connection/error.ts';
import { createKeys, type Keys, type ShardKeys } from './keys.ts';
import { defineScripts, runScript, type ScriptName } from './scripts.ts';

export class RedisStore {
  readonly keys: Keys;
  /** Command by which scripts publish: `SPUBLISH` on a Redis Cluster, which uses sharded channels. */
  readonly publishCommand: 'PUBLISH' | 'SPUBLISH';
  /** True on a Redis Cluster. */
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

  /** Runs a script. The comment at the top of the script's file describes the answer. */
  run(name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.ask((redis) => runScript(redis, name, keys, args));
  }

  eachShard<T>(ask: (shard: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: this.#shards }, (_, shard) => ask(shard)));
  }
}
