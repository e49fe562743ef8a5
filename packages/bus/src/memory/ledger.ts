// The ledger in memory: one counter per field.
import type { Ledger, LedgerCounts, LedgerTotals } from '../contract/ledger.ts';
import { countsOf, totalsOf } from '../engine/ledger-fields.ts';

export class MemoryLedger implements Ledger {
  readonly #counters = new Map<string, number>();

  async totals(): Promise<LedgerTotals> {
    return totalsOf([Object.fromEntries(this.#counters)]);
  }

  add(counts: LedgerCounts): void {
    for (const [field, count] of countsOf(counts)) this.#counters.set(field, (this.#counters.get(field) ?? 0) + count);
  }

  clear(): void {
    this.#counters.clear();
  }
}
