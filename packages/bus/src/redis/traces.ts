// Traces in Redis: one expiring hash per message.

import { type TracedHop, type TraceHop, type TraceState, type Traces, traceHops, traceKeptMs } from '../contract/traces.ts';
import { groupBy } from '../engine/group-by.ts';
import { tracesAdd } from './script/traces.ts';
import type { RedisStore } from './store.ts';

export class RedisTraces implements Traces {
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  async add(hops: readonly TracedHop[]): Promise<void> {
    const byMessage = groupBy(hops, ({ room, id }) => this.#store.keys.trace(room, id));
    await Promise.all(
      [...byMessage].map(([key, rows]) => {
        const traceId = rows.find((row) => row.trace !== '')?.trace ?? '';
        return this.#store.run(tracesAdd, { trace: key, ttlMs: traceKeptMs, maxHops: traceHops, traceId, hops: rows });
      }),
    );
  }

  async find(room: string, id: string): Promise<TraceState | null> {
    const { trace, ...fields } = await this.#store.ask((redis) => redis.hgetall(this.#store.keys.trace(room, id)));
    if (trace === undefined) return null;
    return { trace, hops: Object.entries(fields).map(([name, text]) => hopOf(name, text)) };
  }
}

/** Decodes a field `h HOP NODE` → `AT OFFSET VIEWERS`. */
function hopOf(name: string, text: string): TraceHop {
  const [, hop = '', node = ''] = /^h (\S+) (.*)$/s.exec(name) ?? [];
  const [at = '', offset = '-', viewers = '-'] = text.split(' ');
  return {
    ...{ hop: hop as TraceHop['hop'], node, at: Number(at) },
    ...(offset === '-' ? {} : { offset: Number(offset) }),
    ...(viewers === '-' ? {} : { viewers: Number(viewers) }),
  };
}
