// The event log in Redis: one stream per shard, to which `emit` and commits (streams-commit.lua) append.

import type { Runtime } from '@danmux/runtime';
import type { EventLog, LoggedEvent } from '../contract/events.ts';
import type { Subscription } from '../contract/subscription.ts';
import { isEntry } from '../engine/entry-order.ts';
import type { RedisChannels } from './channels.ts';
import { eventsEmit } from './script/logs.ts';
import type { RedisStore } from './store.ts';

export class RedisEventLog implements EventLog {
  readonly #runtime: Runtime;
  readonly #store: RedisStore;
  readonly #channels: RedisChannels;

  constructor(runtime: Runtime, store: RedisStore, channels: RedisChannels) {
    this.#runtime = runtime;
    this.#store = store;
    this.#channels = channels;
  }

  async emit(room: string, texts: readonly string[]): Promise<void> {
    if (texts.length === 0) return;
    const { events: log, ledger, eventsChannel: channel } = this.#store.of(room);
    const { publishCommand } = this.#store;
    await this.#store.run(eventsEmit, { log, ledger, cap: this.#runtime.config.webhooks.log_events, publishCommand, channel, events: texts });
  }

  async read(shard: number, after: string | undefined, limit: number): Promise<readonly LoggedEvent[]> {
    const start = after === undefined ? '-' : `(${after}`;
    const entries = await this.#store.ask((redis) => redis.xrange(this.#store.keys.shard(shard).events, start, '+', 'COUNT', limit));
    return entries.map(([entry, fields]) => ({ entry, number: Number(fields[3] ?? 0), text: fields[1] ?? '' }));
  }

  async trim(shard: number, upTo: string): Promise<void> {
    if (!isEntry(upTo)) return;
    const [time = '0', number = '0'] = upTo.split('-');
    await this.#store.ask((redis) => redis.xtrim(this.#store.keys.shard(shard).events, 'MINID', `${time}-${Number(number) + 1}`));
  }

  async dropped(): Promise<number> {
    const counts = await this.#store.eachShard((shard) => this.#store.ask((redis) => redis.hget(this.#store.keys.shard(shard).ledger, 'events_dropped')));
    return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
  }

  listen(notify: (shard: number) => void): Promise<Subscription> {
    const channels = Array.from({ length: this.#runtime.config.shards }, (_, shard) => this.#store.keys.shard(shard).eventsChannel);
    return this.#channels.openEach(channels, (shard) => ({ message: () => notify(shard), resumed: () => notify(shard) }));
  }
}
