// The contract of presence: the connections and users of each room, as every edge reports its own share of them every few seconds. The
// store adds the shares up. Counts are for people and for routing; nothing that must be exact depends on them.
import type { Audience } from '../audience/audience.ts';
import type { MemberList } from '../audience/member-list.ts';
import type { Heads } from './streams.ts';

/** A room at the moment of a report. */
export interface RoomPulse {
  /** Connections over all edges. */
  readonly online: number;
  /** Null when the room has none. */
  readonly heads: Heads | null;
  /** Version of the reporting edge's member list in the store; absent when the store has none. */
  readonly list?: string;
}

/** The users of one room on one edge. */
export interface MemberReport {
  /** Distinct users. */
  readonly users: number;
  /** Absent when the store already has this version. */
  readonly list?: MemberList;
}

/**
 * Order: a later report of an edge replaces the earlier one. Reports of different edges are independent.
 *
 * Atomicity: the rooms of one shard are reported in a few steps, each of them complete; a report over several shards is not one step.
 *
 * Stop, crash, partition: an edge that stops reports 0 for its rooms and is gone at once. A crashed edge stays counted until `ttlMs` after its
 * last report, together with its users and its list. An edge that cannot reach the store is counted out in the same way and counted again
 * with its next report. Example with a ttl of 15 s: edge A reports 300, edge B 200, and `online` is 500; A crashes, `online` stays 500 for at
 * most 15 s and is then 200.
 *
 * Loss: a store that lost its data counts a room right again one report later.
 */
export interface Presence {
  /**
   * Sets the connections this edge has in each of these rooms (0 removes it) and returns each room's pulse. The heads in it show an edge
   * that it missed a frame even when no other frame follows. `reports` describes the users of the rooms it names; the other rooms keep
   * their users and list. When the `list` of a pulse is not the version the edge has, it sends its list with the next report.
   */
  report(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    reports?: ReadonlyMap<string, MemberReport>,
  ): Promise<ReadonlyMap<string, RoomPulse>>;
  /** Connections in a room over all edges. */
  online(room: string): Promise<number>;
  /** Connections of every room that has any, over all edges, without the rooms of user-room.ts. All calls of a process within a second share one read. */
  rooms(): Promise<ReadonlyMap<string, number>>;
  /**
   * Connections, distinct users and members of a room over all edges. All calls of a process within a second share one read, so the
   * answer may be a second old. A read costs as much as the edges named, however many viewers they hold.
   */
  audience(room: string): Promise<Audience>;
  /** The number of rooms in `rooms`, and the sum of their connections. */
  totals(): Promise<{ readonly rooms: number; readonly online: number }>;
}
