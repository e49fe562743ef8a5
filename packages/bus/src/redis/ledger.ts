// The ledger in Redis: one hash of counters per shard, incremented by the publish and commit scripts.
import type { Ledger, LedgerTotals } from '../contract/ledger.ts';
import { totalsOf } from '../engine/ledger-fields.ts';
import type { RedisStore } from './store.ts';

export class RedisLedger implements Ledger {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async totals(): Promise<LedgerTotals> {
    return totalsOf(await this.#store.eachShard((shard) => this.#store.ask((redis) => redis.hgetall(this.#store.keys.shard(shard).ledger))));
  }
}
