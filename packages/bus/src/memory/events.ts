// The event log in memory: one capped list per shard.

import type { Runtime } from '@danmux/runtime';
import type { EventLog, LoggedEvent } from '../contract/events.ts';
import type { Subscription } from '../contract/subscription.ts';
import { compareEntries } from '../engine/entry-order.ts';
import { shardOf } from '../shard.ts';
import { Deliveries } from './deliveries.ts';

export class MemoryEventLog implements EventLog {
  readonly #runtime: Runtime;
  readonly #shards = new Map<number, LoggedEvent[]>();
  readonly #notifications: Deliveries<number>;
  #last = 0;
  readonly #numbers = new Map<number, number>();
  #dropped = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#notifications = new Deliveries(runtime);
  }

  async emit(room: string, texts: readonly string[]): Promise<void> {
    this.append(room, texts);
  }

  append(room: string, texts: readonly string[]): void {
    if (texts.length === 0) return;
    const { shards, webhooks } = this.#runtime.config;
    const shard = shardOf(room, shards);
    const events = this.#shards.get(shard) ?? [];
    this.#shards.set(shard, events);
    let number = this.#numbers.get(shard) ?? 0;
    for (const text of texts) events.push({ entry: String(++this.#last), number: ++number, text });
    this.#numbers.set(shard, number);
    const over = Math.max(0, events.length - webhooks.log_events);
    events.splice(0, over);
    this.#dropped += over;
    this.#notifications.publish('', shard);
  }

  async read(shard: number, after: string | undefined, limit: number): Promise<readonly LoggedEvent[]> {
    const events = this.#shards.get(shard) ?? [];
    const from = after === undefined ? 0 : events.findIndex(({ entry }) => compareEntries(entry, after) > 0);
    return from < 0 ? [] : events.slice(from, from + limit);
  }

  async trim(shard: number, upTo: string): Promise<void> {
    const kept = (this.#shards.get(shard) ?? []).filter(({ entry }) => compareEntries(entry, upTo) > 0);
    this.#shards.set(shard, kept);
  }

  async dropped(): Promise<number> {
    return this.#dropped;
  }

  async listen(notify: (shard: number) => void): Promise<Subscription> {
    return this.#notifications.open('', notify);
  }

  clear(): void {
    this.#shards.clear();
    this.#numbers.clear();
    this.#dropped = 0;
  }
}
