// The contract of the event log: what happened in rooms, for webhooks, the archive and other consumers off the hot path. One log
// a shard, so that a room's events are in order; several consumers, each with a cursor of its own.

export interface LoggedEvent {
  /** Its place in the shard's log; later ones compare as greater by `compareEntries`. */
  readonly entry: string;
  /** Grows by one with every event of the shard: a hole between two that follow each other is what the log lost or forgot. */
  readonly number: number;
  /** JSON. */
  readonly text: string;
}

/**
 * A log holds `webhooks.log_events` events; past it the oldest go, counted in the ledger of `dropped`. Events a relay writes come
 * with its commit (`Commit.events`), in the order of the streams; others by `emit`.
 */
export interface EventLog {
  /** Appends to the log of the room's shard, in order. Resolves when stored. */
  emit(room: string, texts: readonly string[]): Promise<void>;
  /** Oldest first, after the entry; `undefined` reads from the oldest. */
  read(shard: number, after: string | undefined, limit: number): Promise<readonly LoggedEvent[]>;
  /** Forgets everything up to and with the entry. */
  trim(shard: number, upTo: string): Promise<void>;
  /** Events a log lost at its cap since the store began, all shards. */
  dropped(): Promise<number>;
  /** Calls `ring` soon after something was appended to a shard's log; may ring for nothing, may miss during an outage. */
  listen(ring: (shard: number) => void): Promise<{ close(): Promise<void> }>;
}
