// The contract of room traffic: numbers of messages that relays sequenced and shed in a room. A relay reports them every few seconds, in separate
// writes from its commits. They are approximate; the ledger has exact counts.
import type { Lane } from '@danmux/protocol';

/** The traffic of a room: the rates of the last report, and the sums since the first report. It expires an hour after the last report. */
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
 * Order: the rates and the time of a row replace those of the previous row. Atomicity: one row is one step. Loss: a room's traffic expires
 * `trafficKeptMs` after its last row; counts since the last report are lost when a relay dies.
 */
export interface Traffic {
  add(rows: readonly TrafficRow[]): Promise<void>;
  /** Returns null when the room has no traffic or it has expired. */
  find(room: string): Promise<RoomTraffic | null>;
}

/** TTL of a room's traffic, milliseconds. */
export const trafficKeptMs = 3_600_000;
