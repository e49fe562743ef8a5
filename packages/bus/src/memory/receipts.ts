// Receipt counts in memory: one row per message, with the counts of each room and edge.
import type { Runtime } from '@danmux/runtime';
import type { ReceiptCount, ReceiptState, Receipts } from '../contract/receipts.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Row {
  readonly at: number;
  readonly rooms: Set<string>;
  readonly counts: Map<string, ReceiptCount>;
}

export class MemoryReceipts implements Receipts {
  readonly #keptMs: number;
  readonly #rows: ExpiringMap<string, Row>;

  constructor({ config, clock }: Runtime) {
    this.#keptMs = config.receipts.kept_ms;
    this.#rows = new ExpiringMap(clock);
  }

  async open(id: string, room: string, at: number): Promise<void> {
    const row = this.#rows.get(id) ?? { at, rooms: new Set(), counts: new Map() };
    row.rooms.add(room);
    this.#rows.set(id, row, this.#keptMs);
  }

  async report(counts: readonly (ReceiptCount & { readonly id: string })[]): Promise<void> {
    for (const { id, room, edge, sent, received } of counts) {
      const row = this.#rows.get(id);
      if (!row) continue;
      const key = `${room} ${edge}`;
      const before = row.counts.get(key);
      row.counts.set(key, { room, edge, sent: Math.max(sent, before?.sent ?? 0), received: Math.max(received, before?.received ?? 0) });
      this.#rows.touch(id, this.#keptMs);
    }
  }

  async find(id: string): Promise<ReceiptState | null> {
    const row = this.#rows.get(id);
    return row ? { at: row.at, rooms: [...row.rooms], counts: [...row.counts.values()] } : null;
  }

  sweep(): void {
    this.#rows.sweep();
  }

  clear(): void {
    this.#rows.clear();
  }
}
