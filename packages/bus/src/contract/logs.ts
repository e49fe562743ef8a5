// The contract of named logs: capped lists of entries that people read newest first, such as the audit log and dead letters. Consumers that
// follow new entries use the event log instead.

/** One text in a named log. */
export interface LogEntry {
  /** Entry id in the log. */
  readonly entry: string;
  readonly text: string;
}

/** One page of a named log. */
export interface LogPage {
  /** Newest first. */
  readonly entries: readonly LogEntry[];
  /** Pass this cursor as `before` to get the next page; null on the last page. */
  readonly cursor: string | null;
}

/**
 * Order: entries are in append order. Atomicity: one append is one step. Loss: an append beyond `cap` drops the oldest entries without
 * counting them; the texts of an append that rejects with `unavailable` may have been stored.
 */
export interface Logs {
  /** Appends texts in order and keeps the newest `cap` entries; returns the entry ids of the new ones. */
  append(log: string, texts: readonly string[], cap: number): Promise<readonly string[]>;
  /** Returns up to `limit` entries before the entry id `before` (undefined: the newest), newest first. An invalid id gives an empty page. */
  page(log: string, before: string | undefined, limit: number): Promise<LogPage>;
  /** Returns null when the entry does not exist or was dropped. */
  find(log: string, entry: string): Promise<LogEntry | null>;
  /** Removes entries; returns how many of them existed. */
  remove(log: string, entries: readonly string[]): Promise<number>;
}
