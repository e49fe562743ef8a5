// Room traffic in Redis: one expiring hash per room.

import { type RoomTraffic, type Traffic, type TrafficRow, trafficKeptMs } from '../contract/traffic.ts';
import { countsOf, totalsOf } from '../engine/ledger-fields.ts';
import { trafficAdd } from './script/traces.ts';
import type { RedisStore } from './store.ts';

export class RedisTraffic implements Traffic {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async add(rows: readonly TrafficRow[]): Promise<void> {
    await Promise.all(
      rows.map(({ room, at, perSecond, counts }) =>
        this.#store.run(trafficAdd, {
          traffic: this.#store.keys.traffic(room),
          ttlMs: trafficKeptMs,
          at,
          rates: JSON.stringify(perSecond),
          counts: countsOf(counts),
        }),
      ),
    );
  }

  async find(room: string): Promise<RoomTraffic | null> {
    const { at, rates, ...counts } = await this.#store.ask((redis) => redis.hgetall(this.#store.keys.traffic(room)));
    if (at === undefined || rates === undefined) return null;
    const { sequenced, shed } = totalsOf([counts]);
    return { at: Number(at), perSecond: JSON.parse(rates) as RoomTraffic['perSecond'], sequenced, shed };
  }
}
