// Access to Redis for the nouns of the Redis engine: runs commands and scripts, provides key names, and turns every failure into a
// DanmuxError. It does not interpret keys or values.
import type { Runtime } from '@danmux/runtime';
import { Cluster } from 'ioredis';
import { shardOf } from '../shard.ts';
import type { RedisClient, RedisConnection } from './connection/connection.ts';
import { busError } from './connection/error.ts';
import { createKeys, type Keys, type ShardKeys } from './keys.ts';
import type { Script } from './script/define-script.ts';
import { defineScripts, runScript } from './script/scripts.ts';

/** Keys that one SCAN examines, so that no call blocks Redis for long. */
const scanned = 1_000;

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

  /** Runs a script. The comment at the top of its Lua file describes the answer. */
  run<I>(script: Script<I>, input: I): Promise<unknown> {
    return this.ask((redis) => runScript(redis, script, input));
  }

  /** Names of the rooms that have a stream, each once. Reads the names of all keys. */
  async streamRooms(): Promise<readonly string[]> {
    const client = this.#client;
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    const { pattern, roomOf } = this.keys.streams;
    const rooms = new Set<string>();
    await this.ask(async () => {
      for (const node of nodes) {
        let cursor = '0';
        do {
          const [next, names] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', scanned, 'TYPE', 'stream');
          for (const name of names) rooms.add(roomOf(name) ?? '');
          cursor = next;
        } while (cursor !== '0');
      }
    });
    rooms.delete('');
    return [...rooms];
  }

  eachShard<T>(ask: (shard: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: this.#shards }, (_, shard) => ask(shard)));
  }
}
