// The contract of the event log: events in rooms, for webhooks, the archive and other consumers off the hot path. One log per shard. Each
// consumer stores its own read position (`Cursors`); the log stores none.
import type { Subscription } from './subscription.ts';

/** An event in the event log of a shard. Events of a shard are read in the order of their entries. */
export interface LoggedEvent {
  /** Entry id in the shard's log; `compareEntries` orders entry ids. */
  readonly entry: string;
  /**
   * Sequence number in the shard. The log assigns the numbers without gaps, so a reader that finds a gap knows how many events were dropped or
   * trimmed there.
   */
  readonly number: number;
  /** The event as JSON. */
  readonly text: string;
}

/**
 * Order: events of one room are in append order, because all are in the log of its shard. Events of commits (`Commit.events`) are in the
 * order of the commits.
 *
 * Atomicity: the events of a commit are part of its atomic step; the events of one `emit` are one step.
 *
 * Loss: a log keeps the newest `webhooks.log_events` events. Older ones are dropped even if unread, and `dropped` counts them. An `emit` that
 * rejects with `unavailable` may have been stored; a second `emit` then stores the events twice.
 */
export interface EventLog {
  /** Appends events to the log of the room's shard. Resolves when they are stored. */
  emit(room: string, texts: readonly string[]): Promise<void>;
  /** Returns up to `limit` events after the entry id `after` (undefined: from the oldest), oldest first. */
  read(shard: number, after: string | undefined, limit: number): Promise<readonly LoggedEvent[]>;
  /** Removes all events up to and including the entry id. */
  trim(shard: number, upTo: string): Promise<void>;
  /** Number of events dropped at the cap in all shards, since the store was created. */
  dropped(): Promise<number>;
  /** Calls `notify` soon after events were appended to a shard's log. Calls may be spurious, and are lost during an outage, so also poll. */
  listen(notify: (shard: number) => void): Promise<Subscription>;
}
