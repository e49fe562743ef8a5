// The contract of room traffic: what relays counted in a room, told every few seconds and never on a message's way. Approximate: what
// a relay counted since it last told is lost with it.
import type { Lane } from '@danmux/protocol';

export interface RoomTraffic {
  /** When the relay last told, milliseconds since 1970. */
  readonly at: number;
  /** Messages sequenced a second over the seconds before. */
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

/** Kept for `trafficKeptMs` after the last row of a room. */
export interface Traffic {
  add(rows: readonly TrafficRow[]): Promise<void>;
  /** Null of a room that was quiet for so long. */
  find(room: string): Promise<RoomTraffic | null>;
}

export const trafficKeptMs = 3_600_000;
