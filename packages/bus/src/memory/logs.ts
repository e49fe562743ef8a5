// Named logs in memory: one array per log, oldest entry first.

import type { LogEntry, LogPage, Logs } from '../contract/logs.ts';
import { compareEntries, isEntry } from '../engine/entry-order.ts';

export class MemoryLogs implements Logs {
  readonly #logs = new Map<string, LogEntry[]>();
  #last = 0;

  async append(log: string, texts: readonly string[], cap: number): Promise<readonly string[]> {
    const added = texts.map((text) => ({ entry: String(++this.#last), text }));
    const entries = [...this.#of(log), ...added];
    this.#logs.set(log, entries.slice(Math.max(0, entries.length - cap)));
    return added.map(({ entry }) => entry);
  }

  async page(log: string, before: string | undefined, limit: number): Promise<LogPage> {
    if (before !== undefined && !isEntry(before)) return { entries: [], cursor: null };
    const older = this.#of(log).filter(({ entry }) => before === undefined || compareEntries(entry, before) < 0);
    const entries = older.slice(Math.max(0, older.length - limit)).reverse();
    return { entries, cursor: older.length > limit ? (entries.at(-1)?.entry ?? null) : null };
  }

  async find(log: string, entry: string): Promise<LogEntry | null> {
    return this.#of(log).find((one) => one.entry === entry) ?? null;
  }

  async remove(log: string, entries: readonly string[]): Promise<number> {
    const before = this.#of(log);
    const kept = before.filter(({ entry }) => !entries.includes(entry));
    this.#logs.set(log, kept);
    return before.length - kept.length;
  }

  clear(): void {
    this.#logs.clear();
  }

  #of(log: string): LogEntry[] {
    return this.#logs.get(log) ?? [];
  }
}
