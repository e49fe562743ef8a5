// Cursors in Redis: one hash per lease, in the lease's slot, so that the script that writes it can check the lease.

import type { Cursors } from '../contract/cursors.ts';
import type { Lease } from '../contract/leases.ts';
import { cursorsWrite } from './script/cursors-write.ts';
import type { RedisStore } from './store.ts';

/** Largest number of fields per script call. A script blocks its Redis node, so a larger write takes several calls. */
const fieldsTogether = 1_000;

export class RedisCursors implements Cursors {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async read(name: string, fields?: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const key = this.#store.keys.cursors(name);
    if (!fields) return new Map(Object.entries(await this.#store.ask((redis) => redis.hgetall(key))));
    if (fields.length === 0) return new Map();
    const values = await this.#store.ask((redis) => redis.hmget(key, ...fields));
    return new Map(fields.flatMap((field, index): [string, string][] => (values[index] == null ? [] : [[field, values[index]]])));
  }

  async write(lease: Lease, cursors: ReadonlyMap<string, string | null>): Promise<boolean> {
    const { keys } = this.#store;
    const rows = [...cursors];
    for (let first = 0; first < rows.length; first += fieldsTogether) {
      const values = rows.slice(first, first + fieldsTogether);
      const [leaseKey] = keys.lease(lease.name);
      const { owner, token } = lease;
      if ((await this.#store.run(cursorsWrite, { lease: leaseKey, cursors: keys.cursors(lease.name), owner, token, values })) !== 1) return false;
    }
    return true;
  }
}
