// The contract of named logs: entries that are written once, read newest first by people, and bounded by number (the audit log,
// dead letters).

export interface LogEntry {
  /** Its place in the log. */
  readonly entry: string;
  readonly text: string;
}

export interface LogPage {
  /** Newest first. */
  readonly entries: readonly LogEntry[];
  /** Give it as `before` to read on; null after the last. */
  readonly cursor: string | null;
}

export interface Logs {
  /** Appends in order and keeps the newest `cap`; returns the entries' places. */
  append(log: string, texts: readonly string[], cap: number): Promise<readonly string[]>;
  page(log: string, before: string | undefined, limit: number): Promise<LogPage>;
  /** Null when there is no such entry (any more). */
  find(log: string, entry: string): Promise<LogEntry | null>;
  /** How many were there. */
  remove(log: string, entries: readonly string[]): Promise<number>;
}
