// The contract of room traffic: messages that a relay sequenced and shed in a room, reported every few seconds, apart from the messages.
// Approximate; for exact counts use the ledger.
import type { Lane } from '@danmux/protocol';

/** What relays reported about a room: rates of the last report, and sums since the first. It expires an hour after the last. */
export interface RoomTraffic {
  /** Time of the last report, milliseconds since 1970. */
  readonly at: number;
  /** Messages sequenced per second since the previous report. */
  readonly perSecond: Readonly<Record<Lane, number>>;
  readonly sequenced: Record<Lane, number>;
  readonly shed: Record<Lane, Record<string, number>>;
}

/** One report of a relay about a room. */
export interface TrafficRow {
  readonly room: string;
  readonly at: number;
  readonly perSecond: Readonly<Record<Lane, number>>;
  /** Counts since the previous row; the store adds them to the stored counts. */
  readonly counts: {
    readonly sequenced?: Partial<Record<Lane, number>>;
    readonly shed?: Partial<Record<Lane, Readonly<Record<string, number>>>>;
  };
}

/**
 * Order: rates and time of the last written row replace earlier ones. Atomicity: one row is one step. Loss: a room's traffic expires
 * `trafficKeptMs` after its last row; counts since the last report are lost when a relay dies.
 */
export interface Traffic {
  add(rows: readonly TrafficRow[]): Promise<void>;
  /** Returns null when the room has no traffic or it has expired. */
  find(room: string): Promise<RoomTraffic | null>;
}

/** TTL of a room's traffic, milliseconds. */
export const trafficKeptMs = 3_600_000;
