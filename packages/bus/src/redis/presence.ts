// Presence in Redis: a row and a member list for each room and edge. Every read and write of them is one script on keys of one shard.
import { streamLanes } from '@danmux/protocol';
import { type Audience, audienceOf } from '../audience/audience.ts';
import { AudienceCache } from '../audience/audience-cache.ts';
import type { MemberReport, Presence, RoomPulse } from '../contract/presence.ts';
import { groupBy } from '../engine/group-by.ts';
import { headsTtlMs } from '../engine/lane-settings.ts';
import { SharedRead } from '../engine/shared-read.ts';
import { isUserRoom } from '../user-room.ts';
import { headsOf } from './heads-fields.ts';
import { presenceAudience, presenceReport, type ReportedRoom } from './script/presence.ts';
import type { RedisStore } from './store.ts';

/** Largest number of rooms, and of characters of member lists, per script call, so that no call blocks Redis for long. */
const roomsChunk = 200;
const listsChunk = 262_144;
/** Values per room in the answer: connections, list version, epoch, an offset per stream lane, and whether the room was removed. */
const pulseFields = 4 + streamLanes.length;

export class RedisPresence implements Presence {
  readonly #store: RedisStore;
  readonly #audiences = new AudienceCache((room) => this.#audienceOf(room));
  readonly #counts = new SharedRead(() => this.#countRooms());

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async report(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    reports: ReadonlyMap<string, MemberReport> = new Map(),
  ): Promise<ReadonlyMap<string, RoomPulse>> {
    const pulses = new Map<string, RoomPulse>();
    const byShard = groupBy(counts, ([room]) => this.#store.shardOf(room));
    await Promise.all(
      [...byShard].flatMap(([shard, rows]) =>
        chunks(rows.map(([room, count]) => ({ room, count, report: reports.get(room) }))).map(async (part) => {
          const { pulses: answers } = await this.#run(shard, part, edge, ttlMs);
          part.forEach(({ room }, index) => {
            pulses.set(room, answers[index] ?? { online: 0, heads: null });
          });
        }),
      ),
    );
    return pulses;
  }

  async online(room: string): Promise<number> {
    const {
      pulses: [pulse],
    } = await this.#run(this.#store.shardOf(room), [{ room, count: -1 }], '', 0);
    return pulse?.online ?? 0;
  }

  rooms(): Promise<ReadonlyMap<string, number>> {
    return this.#counts.get();
  }

  audience(room: string): Promise<Audience> {
    return this.#audiences.get(room);
  }

  /** Clears the cached answers. */
  stop(): void {
    this.#audiences.clear();
    this.#counts.clear();
  }

  async #audienceOf(room: string): Promise<Audience> {
    const keys = this.#store.of(room);
    const answer = (await this.#store.run(presenceAudience, { rows: keys.presence(room), memberLists: keys.memberLists(room) })) as (number | string | null)[];
    const shares = Array.from({ length: answer.length / 3 }, (_, index) => {
      const [online, users, list] = answer.slice(index * 3, index * 3 + 3);
      return { online: Number(online), ...(users === '' ? {} : { users: Number(users) }), ...(typeof list === 'string' ? { list } : {}) };
    });
    return audienceOf(shares);
  }

  async totals(): Promise<{ rooms: number; online: number }> {
    const rooms = await this.#countRooms();
    return { rooms: rooms.size, online: [...rooms.values()].reduce((sum, count) => sum + count, 0) };
  }

  /** Connections per room, without user rooms. */
  async #countRooms(): Promise<ReadonlyMap<string, number>> {
    const parts = await this.#store.eachShard((shard) => this.#store.ask((redis) => redis.hgetall(this.#store.keys.shard(shard).totals)));
    const rows = parts.flatMap((part) => Object.entries(part).map(([room, count]): [string, number] => [room, Number(count)]));
    return new Map(rows.filter(([room]) => !isUserRoom(room)));
  }

  /** Removes the totals of rooms whose reports have all expired; returns the number of rooms. A live edge that leaves a room removes its own row. */
  async sweep(): Promise<number> {
    const removed = await this.#store.eachShard(async (shard) => {
      const rooms = await this.#store.ask((redis) => redis.hkeys(this.#store.keys.shard(shard).totals));
      let empty = 0;
      for (const part of chunks(rooms.map((room) => ({ room, count: -1 })))) {
        empty += (await this.#run(shard, part, '', 0)).left;
      }
      return empty;
    });
    return removed.reduce((sum, count) => sum + count, 0);
  }

  async #run(
    shard: number,
    rows: readonly ReportedRoom[],
    edge: string,
    ttlMs: number,
  ): Promise<{ readonly pulses: readonly RoomPulse[]; readonly left: number }> {
    const input = { shard: this.#store.keys.shard(shard), edge, ttlMs, headsTtlMs, reported: rows };
    const answer = (await this.#store.run(presenceReport, input)) as (number | string | null)[];
    let left = 0;
    const pulses = rows.map((_, index) => {
      const [online, list, epoch, ...offsets] = answer.slice(index * pulseFields, (index + 1) * pulseFields);
      const heads = typeof epoch === 'string' ? headsOf(epoch, offsets) : null;
      left += Number(offsets.at(-1));
      return { online: Number(online), heads, ...(list ? { list: String(list) } : {}) };
    });
    return { pulses, left };
  }
}

function chunks(rows: readonly ReportedRoom[]): ReportedRoom[][] {
  const parts: ReportedRoom[][] = [];
  let room = 0;
  for (const row of rows) {
    const size = row.report?.list?.text.length ?? 0;
    const part = parts.at(-1);
    if (part && part.length < roomsChunk && room >= size) {
      part.push(row);
      room -= size;
    } else {
      parts.push([row]);
      room = listsChunk - size;
    }
  }
  return parts;
}
