// Receipt counts in Redis: one expiring hash per message.
import type { Runtime } from '@danmux/runtime';
import type { ReceiptCount, ReceiptState, Receipts } from '../contract/receipts.ts';
import { groupBy } from '../engine/group-by.ts';
import { receiptsOpen, receiptsReport } from './script/receipts.ts';
import type { RedisStore } from './store.ts';

export class RedisReceipts implements Receipts {
  readonly #keptMs: number;
  readonly #store: RedisStore;

  constructor({ config }: Runtime, store: RedisStore) {
    this.#keptMs = config.receipts.kept_ms;
    this.#store = store;
  }

  async open(id: string, room: string, at: number): Promise<void> {
    await this.#store.run(receiptsOpen, { counts: this.#store.keys.receipt(id), room, acceptedAt: at, ttlMs: this.#keptMs });
  }

  async report(counts: readonly (ReceiptCount & { readonly id: string })[]): Promise<void> {
    const byMessage = groupBy(counts, ({ id }) => id);
    await Promise.all(
      [...byMessage].map(([id, reported]) => this.#store.run(receiptsReport, { counts: this.#store.keys.receipt(id), ttlMs: this.#keptMs, reported })),
    );
  }

  async find(id: string): Promise<ReceiptState | null> {
    const { at, ...fields } = await this.#store.ask((redis) => redis.hgetall(this.#store.keys.receipt(id)));
    if (at === undefined) return null;
    const names = Object.keys(fields);
    return {
      at: Number(at),
      rooms: names.filter((name) => name.startsWith('r ')).map((name) => name.slice(2)),
      counts: names.filter((name) => name.startsWith('c ')).map((name) => countOf(name, fields[name] ?? '')),
    };
  }
}

/** Decodes a field `c ROOM EDGE` → `SENT RECEIVED`. The edge id may contain spaces, the room name may not. */
function countOf(name: string, text: string): ReceiptCount {
  const [, room = '', edge = ''] = /^c (\S+) (.*)$/s.exec(name) ?? [];
  const [sent, received] = text.split(' ').map(Number);
  return { room, edge, sent: sent ?? 0, received: received ?? 0 };
}
