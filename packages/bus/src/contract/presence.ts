// The contract of presence: connections and users per room. Every edge reports its own numbers every few seconds, and the store adds them
// up. The sums serve display and routing; nothing that must be exact depends on them.
import type { Audience } from '../audience/audience.ts';
import type { MemberList } from '../audience/member-list.ts';
import type { Heads } from './streams.ts';

/** The reply to a report, for one room: the state of the room after the report. */
export interface RoomPulse {
  /** Connections over all edges. */
  readonly online: number;
  /** Null when the store has no heads of the room. */
  readonly heads: Heads | null;
  /** Version of the reporting edge's stored member list; absent when none is stored. */
  readonly list?: string;
}

/** The users of one room on one edge. */
export interface MemberReport {
  /** Number of distinct users. */
  readonly users: number;
  /** The member list; left out when the store already has its current version. */
  readonly list?: MemberList;
}

/**
 * Order: a later report of an edge replaces its earlier one. Reports of different edges are independent.
 *
 * Atomicity: each room of a report is updated in one step; a report as a whole is several steps.
 *
 * Stop, crash, partition: an edge that stops cleanly reports 0 for its rooms and is removed immediately. A crashed edge counts, with its users
 * and list, until `ttlMs` after its last report. An edge that cannot reach the store expires in the same way and counts again with its next
 * report. Example with a TTL of 15 s: edge A reports 300 and edge B 200, so `online` is 500. A crashes: `online` stays 500 for at most 15 s
 * and is 200 after that.
 *
 * Loss: after a loss of all data, counts are correct again once every edge has reported.
 */
export interface Presence {
  /**
   * Sets this edge's connections in the given rooms (0 removes the edge from a room) and returns each room's pulse. The heads in a pulse reveal
   * a missed frame even when no further frame follows. `reports` updates users and member list of the rooms in it; other rooms keep theirs.
   * When the `list` of a pulse is not the edge's current version, the edge sends its list with the next report.
   */
  report(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    reports?: ReadonlyMap<string, MemberReport>,
  ): Promise<ReadonlyMap<string, RoomPulse>>;
  /** Returns the connections in a room over all edges. */
  online(room: string): Promise<number>;
  /** Returns connections over all edges per non-empty room, without user rooms. Calls of a process within a second share one read. */
  rooms(): Promise<ReadonlyMap<string, number>>;
  /**
   * Returns connections, distinct users and listed members of a room over all edges. Calls of a process within a second share one read, so the
   * answer may be a second old. The cost grows with the members that edges list, which is capped, not with the number of viewers.
   */
  audience(room: string): Promise<Audience>;
  /** Returns the number of non-empty rooms, without user rooms, and the sum of their connections. */
  totals(): Promise<{ readonly rooms: number; readonly online: number }>;
}
