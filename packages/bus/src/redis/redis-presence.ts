// Who is in which room, in Redis: one row a room and edge. Every read and write of rows is one script on the keys of one shard.
import type { RoomPulse } from '../bus.ts';
import { groupBy } from '../group-by.ts';
import { headsTtlMs } from '../lane-settings.ts';
import { headsOf } from './heads-fields.ts';
import type { RedisStore } from './redis-store.ts';

/** Rooms of one call at most, so that none holds Redis for long. */
const roomsChunk = 200;

export class RedisPresence {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async report(edge: string, counts: ReadonlyMap<string, number>, ttlMs: number): Promise<ReadonlyMap<string, RoomPulse>> {
    const pulses = new Map<string, RoomPulse>();
    const byShard = groupBy(counts, ([room]) => this.#store.shardOf(room));
    await Promise.all(
      [...byShard].flatMap(([shard, rows]) =>
        chunks(rows, roomsChunk).map(async (part) => {
          const answers = await this.#run(shard, part, edge, ttlMs);
          part.forEach(([room], index) => {
            pulses.set(room, answers[index] ?? { online: 0, heads: null });
          });
        }),
      ),
    );
    return pulses;
  }

  async online(room: string): Promise<number> {
    const [pulse] = await this.#run(this.#store.shardOf(room), [[room, -1]], '', 0);
    return pulse?.online ?? 0;
  }

  async totals(): Promise<{ rooms: number; online: number }> {
    const counts = await this.#store.eachShard(async (shard) =>
      (await this.#store.ask((redis) => redis.hvals(this.#store.keys.shard(shard).totals))).map(Number),
    );
    const all = counts.flat();
    return { rooms: all.length, online: all.reduce((sum, count) => sum + count, 0) };
  }

  /** How many rooms of the totals had nobody left. */
  async sweep(): Promise<number> {
    const removed = await this.#store.eachShard(async (shard) => {
      const rooms = await this.#store.ask((redis) => redis.hkeys(this.#store.keys.shard(shard).totals));
      let empty = 0;
      for (const part of chunks(rooms, roomsChunk)) {
        const rows = part.map((room) => [room, -1] as const);
        empty += (await this.#run(shard, rows, '', 0)).filter(({ online }) => online === 0).length;
      }
      return empty;
    });
    return removed.reduce((sum, count) => sum + count, 0);
  }

  async #run(shard: number, rows: readonly (readonly [string, number])[], edge: string, ttlMs: number): Promise<RoomPulse[]> {
    const shardKeys = this.#store.keys.shard(shard);
    const keys = [shardKeys.totals, ...rows.flatMap(([room]) => [shardKeys.presence(room), shardKeys.heads(room)])];
    const answer = (await this.#store.run('dmxPresenceReport', keys, [edge, ttlMs, headsTtlMs, ...rows.flat()])) as (number | string | null)[];
    return rows.map((_, index) => {
      const [online, epoch, ...offsets] = answer.slice(index * 5, index * 5 + 5);
      return { online: Number(online), heads: typeof epoch === 'string' ? headsOf(epoch, offsets) : null };
    });
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
