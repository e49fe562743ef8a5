// Named logs in Redis: one stream per log.

import type { LogEntry, LogPage, Logs } from '../contract/logs.ts';
import { isEntry } from '../engine/entry-order.ts';
import { logsAppend } from './script/logs.ts';
import type { RedisStore } from './store.ts';

export class RedisLogs implements Logs {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async append(log: string, texts: readonly string[], cap: number): Promise<readonly string[]> {
    if (texts.length === 0) return [];
    return (await this.#store.run(logsAppend, { log: this.#store.keys.log(log), cap, texts })) as string[];
  }

  async page(log: string, before: string | undefined, limit: number): Promise<LogPage> {
    if (before !== undefined && !isEntry(before)) return { entries: [], cursor: null };
    const end = before === undefined ? '+' : `(${before}`;
    const found = await this.#store.ask((redis) => redis.xrevrange(this.#store.keys.log(log), end, '-', 'COUNT', limit + 1));
    const entries = found.slice(0, limit).map(entryOf);
    return { entries, cursor: found.length > limit ? (entries.at(-1)?.entry ?? null) : null };
  }

  async find(log: string, entry: string): Promise<LogEntry | null> {
    if (!isEntry(entry)) return null;
    const [found] = await this.#store.ask((redis) => redis.xrange(this.#store.keys.log(log), entry, entry, 'COUNT', 1));
    return found ? entryOf(found) : null;
  }

  async remove(log: string, entries: readonly string[]): Promise<number> {
    const places = entries.filter(isEntry);
    return places.length === 0 ? 0 : this.#store.ask((redis) => redis.xdel(this.#store.keys.log(log), ...places));
  }
}

function entryOf([entry, fields]: readonly [string, string[]]): LogEntry {
  return { entry, text: fields[1] ?? '' };
}
