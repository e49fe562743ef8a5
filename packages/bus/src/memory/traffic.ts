// Room traffic in memory: one row per room.
import type { Runtime } from '@danmux/runtime';
import { type RoomTraffic, type Traffic, type TrafficRow, trafficKeptMs } from '../contract/traffic.ts';
import { countsOf, totalsOf } from '../engine/ledger-fields.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Row extends Pick<TrafficRow, 'at' | 'perSecond'> {
  readonly counts: Map<string, number>;
}

export class MemoryTraffic implements Traffic {
  readonly #rows: ExpiringMap<string, Row>;

  constructor({ clock }: Pick<Runtime, 'clock'>) {
    this.#rows = new ExpiringMap(clock);
  }

  async add(rows: readonly TrafficRow[]): Promise<void> {
    for (const { room, at, perSecond, counts: added } of rows) {
      const counts = this.#rows.get(room)?.counts ?? new Map<string, number>();
      for (const [field, count] of countsOf(added)) counts.set(field, (counts.get(field) ?? 0) + count);
      this.#rows.set(room, { at, perSecond, counts }, trafficKeptMs);
    }
  }

  async find(room: string): Promise<RoomTraffic | null> {
    const row = this.#rows.get(room);
    if (!row) return null;
    const { sequenced, shed } = totalsOf([Object.fromEntries(row.counts)]);
    return { at: row.at, perSecond: row.perSecond, sequenced, shed };
  }

  sweep(): void {
    this.#rows.sweep();
  }

  clear(): void {
    this.#rows.clear();
  }
}
