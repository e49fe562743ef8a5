// The event log in Redis: one stream per shard, to which `emit` and commits (streams-commit.lua) append.

import type { EventLog, LoggedEvent } from '../contract/events.ts';
import type { Subscription } from '../contract/subscription.ts';
import { isEntry } from '../engine/entry-order.ts';
import type { RedisParts } from './parts.ts';
import { eventsEmit } from './script/logs.ts';

export class RedisEventLog implements EventLog {
  readonly #parts: RedisParts;

  constructor(parts: RedisParts) {
    this.#parts = parts;
  }

  async emit(room: string, texts: readonly string[]): Promise<void> {
    if (texts.length === 0) return;
    const { store, runtime } = this.#parts;
    const { events: log, ledger, eventsChannel: channel } = store.of(room);
    const cap = runtime.config.webhooks.log_events;
    await store.run(eventsEmit, { log, ledger, cap, publishCommand: store.publishCommand, channel, events: texts });
  }

  async read(shard: number, after: string | undefined, limit: number): Promise<readonly LoggedEvent[]> {
    const start = after === undefined ? '-' : `(${after}`;
    const entries = await this.#parts.store.ask((redis) => redis.xrange(this.#parts.store.keys.shard(shard).events, start, '+', 'COUNT', limit));
    return entries.map(([entry, fields]) => ({ entry, number: Number(fields[3] ?? 0), text: fields[1] ?? '' }));
  }

  async trim(shard: number, upTo: string): Promise<void> {
    if (!isEntry(upTo)) return;
    const [time = '0', number = '0'] = upTo.split('-');
    await this.#parts.store.ask((redis) => redis.xtrim(this.#parts.store.keys.shard(shard).events, 'MINID', `${time}-${Number(number) + 1}`));
  }

  async dropped(): Promise<number> {
    const { store } = this.#parts;
    const counts = await store.eachShard((shard) => store.ask((redis) => redis.hget(store.keys.shard(shard).ledger, 'events_dropped')));
    return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
  }

  listen(notify: (shard: number) => void): Promise<Subscription> {
    const { runtime, store, channels } = this.#parts;
    const names = Array.from({ length: runtime.config.shards }, (_, shard) => store.keys.shard(shard).eventsChannel);
    return channels.openEach(names, (shard) => ({ message: () => notify(shard), resumed: () => notify(shard) }));
  }
}
