// The contract of room traffic: how much a relay sequenced and shed in a room, reported every few seconds and never on the path of a
// message. Approximate; the ledger is exact.
import type { Lane } from '@danmux/protocol';

export interface RoomTraffic {
  /** Time of the last report, milliseconds since 1970. */
  readonly at: number;
  /** Messages sequenced per second, in the seconds before the report. */
  readonly perSecond: Readonly<Record<Lane, number>>;
  readonly sequenced: Record<Lane, number>;
  readonly shed: Record<Lane, Record<string, number>>;
}

export interface TrafficRow {
  readonly room: string;
  readonly at: number;
  readonly perSecond: Readonly<Record<Lane, number>>;
  /** Since the row before. */
  readonly counts: {
    readonly sequenced?: Partial<Record<Lane, number>>;
    readonly shed?: Partial<Record<Lane, Readonly<Record<string, number>>>>;
  };
}

/**
 * Order: the rates of the last row count, whatever its time. Atomicity: one row is one step. Loss: a room's traffic ends `trafficKeptMs` after its
 * last row; what a relay counted since its last report is lost with the relay.
 */
export interface Traffic {
  add(rows: readonly TrafficRow[]): Promise<void>;
  /** Null when the room had no row for that long. */
  find(room: string): Promise<RoomTraffic | null>;
}

export const trafficKeptMs = 3_600_000;
