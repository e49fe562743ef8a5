// The contract of the event log: what happened in rooms, for webhooks, the archive and other consumers off the hot path. One log a
// shard; each consumer keeps a cursor of its own (`Cursors`), the log keeps none.
import type { Subscription } from './subscription.ts';

export interface LoggedEvent {
  /** Its place in the shard's log; `compareEntries` orders places. */
  readonly entry: string;
  /** Grows by one with every event of the shard: a hole between two events shows how many the log lost or a consumer trimmed. */
  readonly number: number;
  /** JSON. */
  readonly text: string;
}

/**
 * Order: events of one room are in order, because all of them are in the log of its shard. Events of a commit (`Commit.events`) are in the
 * order of the streams.
 *
 * Atomicity: the events of a commit are written with it or not at all; those of one `emit` are one step.
 *
 * Loss: a log holds the newest `webhooks.log_events` events; older ones are dropped whether they were read or not, and `dropped` counts them.
 * An `emit` that rejects with `unavailable` may have been written; emitting it again writes it twice.
 */
export interface EventLog {
  /** Appends to the log of the room's shard. Resolves when stored. */
  emit(room: string, texts: readonly string[]): Promise<void>;
  /** Up to `limit` events after the entry (undefined: from the oldest), oldest first. */
  read(shard: number, after: string | undefined, limit: number): Promise<readonly LoggedEvent[]>;
  /** Removes every event up to the entry, and the entry itself. */
  trim(shard: number, upTo: string): Promise<void>;
  /** Events dropped at the cap since the store began, all shards. */
  dropped(): Promise<number>;
  /** Calls `notify` soon after an event was appended to the log of a shard. It may be called for nothing; during an outage calls are lost. */
  listen(notify: (shard: number) => void): Promise<Subscription>;
}
