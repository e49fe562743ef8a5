// Traces in memory: one row per message.
import type { Runtime } from '@danmux/runtime';
import { type TracedHop, type TraceHop, type TraceState, type Traces, traceHops, traceKeptMs } from '../contract/traces.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Row {
  readonly trace: string;
  readonly hops: Map<string, TraceHop>;
}

export class MemoryTraces implements Traces {
  readonly #rows: ExpiringMap<string, Row>;

  constructor({ clock }: Pick<Runtime, 'clock'>) {
    this.#rows = new ExpiringMap(clock);
  }

  async add(hops: readonly TracedHop[]): Promise<void> {
    for (const { room, id, trace, ...hop } of hops) {
      const name = `${room} ${id}`;
      const known = this.#rows.get(name);
      if (!known && trace === '') continue;
      const row = known ?? { trace, hops: new Map() };
      const key = `${hop.hop} ${hop.node}`;
      if (!row.hops.has(key) && row.hops.size < traceHops) row.hops.set(key, hop);
      this.#rows.set(name, row, traceKeptMs);
    }
  }

  async find(room: string, id: string): Promise<TraceState | null> {
    const row = this.#rows.get(`${room} ${id}`);
    return row ? { trace: row.trace, hops: [...row.hops.values()] } : null;
  }

  sweep(): void {
    this.#rows.sweep();
  }

  clear(): void {
    this.#rows.clear();
  }
}
