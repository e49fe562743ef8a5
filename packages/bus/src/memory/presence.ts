// Presence in memory: the last report of each edge for each room, and sums over the reports that have not expired.
import type { Clock } from '@danmux/runtime';
import { type Audience, audienceOf } from '../audience/audience.ts';
import { AudienceCache } from '../audience/audience-cache.ts';
import type { MemberList } from '../audience/member-list.ts';
import type { MemberReport, Presence, RoomPulse } from '../contract/presence.ts';
import { SharedRead } from '../engine/shared-read.ts';
import { isUserRoom } from '../user-room.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { StoredStreams } from './stored-streams.ts';

interface Row {
  readonly online: number;
  readonly users: number | undefined;
  readonly list: MemberList | undefined;
}

export class MemoryPresence implements Presence {
  readonly #clock: Clock;
  readonly #streams: StoredStreams;
  readonly #rooms = new Map<string, ExpiringMap<string, Row>>();
  readonly #audiences = new AudienceCache(async (room) => this.#audienceOf(room));
  readonly #counts = new SharedRead(async () => this.#countRooms());

  constructor(clock: Clock, streams: StoredStreams) {
    this.#clock = clock;
    this.#streams = streams;
  }

  async report(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    reports?: ReadonlyMap<string, MemberReport>,
  ): Promise<ReadonlyMap<string, RoomPulse>> {
    return new Map(
      [...counts].map(([room, count]) => {
        if (count > 0) this.#streams.keep(room);
        const list = this.#report(edge, room, count, ttlMs, reports?.get(room));
        return [room, { online: this.#online(room), heads: this.#streams.known(room), ...(list === undefined ? {} : { list }) }];
      }),
    );
  }

  async online(room: string): Promise<number> {
    return this.#online(room);
  }

  rooms(): Promise<ReadonlyMap<string, number>> {
    return this.#counts.get();
  }

  audience(room: string): Promise<Audience> {
    return this.#audiences.get(room);
  }

  async totals(): Promise<{ rooms: number; online: number }> {
    const counts = [...this.#countRooms().values()];
    return { rooms: counts.length, online: counts.reduce((sum, count) => sum + count, 0) };
  }

  /** Removes expired reports; returns their number. */
  sweep(): number {
    let removed = 0;
    for (const [room, rows] of this.#rooms) {
      removed += rows.sweep();
      this.#rows(room);
    }
    return removed;
  }

  /** Clears the cached answers. */
  stop(): void {
    this.#audiences.clear();
    this.#counts.clear();
  }

  clear(): void {
    this.#rooms.clear();
    this.stop();
  }

  /** Stores an edge's report about one room. Returns the version of the stored member list of the edge, undefined when there is none. */
  #report(edge: string, room: string, online: number, ttlMs: number, report: MemberReport | undefined): string | undefined {
    const rows = this.#rooms.get(room) ?? new ExpiringMap<string, Row>(this.#clock);
    const before = rows.get(edge);
    const row = { online, users: report?.users ?? before?.users, list: report?.list ?? before?.list };
    if (online > 0) rows.set(edge, row, ttlMs);
    else rows.delete(edge);
    this.#rooms.set(room, rows);
    return online > 0 ? row.list?.version : undefined;
  }

  #online(room: string): number {
    return this.#rows(room).reduce((sum, { online }) => sum + online, 0);
  }

  #audienceOf(room: string): Audience {
    return audienceOf(
      this.#rows(room).map(({ online, users, list }) => ({ online, ...(users === undefined ? {} : { users }), ...(list ? { list: list.text } : {}) })),
    );
  }

  #countRooms(): Map<string, number> {
    const rooms = [...this.#rooms.keys()].filter((room) => !isUserRoom(room));
    return new Map(rooms.map((room): [string, number] => [room, this.#online(room)]).filter(([, count]) => count > 0));
  }

  /** Returns the unexpired reports of a room, and removes the room when it has none. */
  #rows(room: string): Row[] {
    const rows = this.#rooms.get(room)?.entries() ?? [];
    if (rows.length === 0) this.#rooms.delete(room);
    return rows.map(([, row]) => row);
  }
}
