// Cursors in memory: one map of fields per lease name.

import type { Cursors } from '../contract/cursors.ts';
import type { Lease } from '../contract/leases.ts';
import type { MemoryLeases } from './leases.ts';

export class MemoryCursors implements Cursors {
  readonly #leases: MemoryLeases;
  readonly #tables = new Map<string, Map<string, string>>();

  constructor(leases: MemoryLeases) {
    this.#leases = leases;
  }

  async read(name: string, fields?: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const table = this.#tables.get(name) ?? new Map<string, string>();
    if (!fields) return new Map(table);
    return new Map(fields.flatMap((field): [string, string][] => (table.has(field) ? [[field, table.get(field) ?? '']] : [])));
  }

  async write(lease: Lease, cursors: ReadonlyMap<string, string | null>): Promise<boolean> {
    if (!this.#leases.holds(lease)) return false;
    const table = this.#tables.get(lease.name) ?? new Map<string, string>();
    this.#tables.set(lease.name, table);
    for (const [field, value] of cursors) {
      if (value === null) table.delete(field);
      else table.set(field, value);
    }
    return true;
  }

  clear(): void {
    this.#tables.clear();
  }
}
