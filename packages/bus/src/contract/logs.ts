// The contract of named logs: entries that are written once, read newest first by people, and bounded by number (the audit log,
// dead letters). Not for consumers that follow: events are.

export interface LogEntry {
  /** Its place in the log. */
  readonly entry: string;
  readonly text: string;
}

export interface LogPage {
  /** Newest first. */
  readonly entries: readonly LogEntry[];
  /** Pass it as `before` to get the next page; null after the last. */
  readonly cursor: string | null;
}

/**
 * Order: entries are in the order of their appends. Atomicity: one append is one step. Loss: an append past `cap` drops the oldest entries,
 * uncounted; one that rejects with `unavailable` may have been written.
 */
export interface Logs {
  /** Appends in order and keeps the newest `cap`; returns the places of the new entries. */
  append(log: string, texts: readonly string[], cap: number): Promise<readonly string[]>;
  page(log: string, before: string | undefined, limit: number): Promise<LogPage>;
  /** Null when the entry does not exist, or exists no more. */
  find(log: string, entry: string): Promise<LogEntry | null>;
  /** Returns how many of the entries existed. */
  remove(log: string, entries: readonly string[]): Promise<number>;
}
