// What each edge reports of each room, and sums over the edges that reported in time.
import type { Clock } from '@danmux/runtime';
import { type Audience, audienceOf } from '../audience/audience.ts';
import type { MemberList } from '../audience/member-list.ts';
import type { Roster } from '../bus.ts';
import { isUserRoom } from '../user-room.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Row {
  readonly online: number;
  readonly users: number | undefined;
  readonly list: MemberList | undefined;
}

export class PresenceRows {
  readonly #clock: Clock;
  readonly #rooms = new Map<string, ExpiringMap<string, Row>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The room's online count, and the version of the edge's member list that is kept. */
  report(edge: string, room: string, online: number, ttlMs: number, roster: Roster | undefined): { online: number; list: string | undefined } {
    const rows = this.#rooms.get(room) ?? new ExpiringMap<string, Row>(this.#clock);
    const before = rows.get(edge);
    const row = { online, users: roster?.users ?? before?.users, list: roster?.list ?? before?.list };
    if (online > 0) rows.set(edge, row, ttlMs);
    else rows.delete(edge);
    this.#rooms.set(room, rows);
    return { online: this.online(room), list: online > 0 ? row.list?.version : undefined };
  }

  online(room: string): number {
    return this.#rows(room).reduce((sum, { online }) => sum + online, 0);
  }

  audience(room: string): Audience {
    return audienceOf(
      this.#rows(room).map(({ online, users, list }) => ({ online, ...(users === undefined ? {} : { users }), ...(list ? { list: list.text } : {}) })),
    );
  }

  /** Every room that has anybody; rooms of users are nobody's. */
  rooms(): Map<string, number> {
    const rooms = [...this.#rooms.keys()].filter((room) => !isUserRoom(room));
    return new Map(rooms.map((room): [string, number] => [room, this.online(room)]).filter(([, count]) => count > 0));
  }

  totals(): { rooms: number; online: number } {
    const counts = [...this.rooms().values()];
    return { rooms: counts.length, online: counts.reduce((sum, count) => sum + count, 0) };
  }

  /** Forgets rows of edges that are gone; returns how many. */
  sweep(): number {
    let removed = 0;
    for (const [room, rows] of this.#rooms) {
      removed += rows.sweep();
      this.online(room);
    }
    return removed;
  }

  clear(): void {
    this.#rooms.clear();
  }

  #rows(room: string): Row[] {
    const rows = this.#rooms.get(room)?.entries() ?? [];
    if (rows.length === 0) this.#rooms.delete(room);
    return rows.map(([, row]) => row);
  }
}
