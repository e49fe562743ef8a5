// Connections per room and edge, and their sums over the edges that reported in time.
import type { Clock } from '@danmux/runtime';
import { ExpiringMap } from './expiring-map.ts';

export class PresenceCounts {
  readonly #clock: Clock;
  readonly #rooms = new Map<string, ExpiringMap<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  report(edge: string, room: string, count: number, ttlMs: number): number {
    const rows = this.#rooms.get(room) ?? new ExpiringMap<string, number>(this.#clock);
    if (count > 0) rows.set(edge, count, ttlMs);
    else rows.delete(edge);
    this.#rooms.set(room, rows);
    return this.online(room);
  }

  online(room: string): number {
    const rows = this.#rooms.get(room)?.entries() ?? [];
    if (rows.length === 0) this.#rooms.delete(room);
    return rows.reduce((sum, [, count]) => sum + count, 0);
  }

  totals(): { rooms: number; online: number } {
    const counts = [...this.#rooms.keys()].map((room) => this.online(room)).filter((count) => count > 0);
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
}
