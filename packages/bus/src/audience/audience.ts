// Merges the reports of all edges into the audience of a room: connections, distinct users, and the listed members, each once. A user
// connected to two edges counts as one user.
import type { RoomMember } from '@danmux/protocol';
import { byRank, decodeMembers, hashEnd, memberHash, type NamedMembers, placeOf } from './member-list.ts';

/** The users of one room on all edges, merged from the last report of each edge. The data is at most one report interval plus one second old. */
export interface Audience {
  /** Connections. */
  readonly online: number;
  /**
   * Distinct users: exact when `complete`, otherwise an estimate. The count of each edge is exact. The share of users on several edges is estimated
   * from a sample: the D users whose id hash is in the range that every edge lists completely. The standard error is about 0.5/√D of the count in the
   * worst case, in which half of the users are on two edges. Examples: 5 % with one large edge that lists 200 users (D ≥ 100), 2 % with five edges of
   * equal size, and 0 when every user is on one edge.
   */
  readonly users: number;
  /** Listed users, highest level first, then by id. */
  readonly members: readonly RoomMember[];
  /** True when `members` lists every user. */
  readonly complete: boolean;
}

/** The stored report of one edge about the room. */
export interface EdgeShare {
  readonly online: number;
  /** Distinct users on this edge; absent when the edge has not reported them. */
  readonly users?: number;
  /** The text of the edge's `MemberList`; absent when the edge has not sent it yet. */
  readonly list?: string;
}

export function audienceOf(shares: readonly EdgeShare[]): Audience {
  const lists = shares.flatMap(({ list }) => (list === undefined ? [] : [decodeMembers(list)]));
  const byId = new Map<string, RoomMember>();
  for (const { members } of lists) for (const member of members) if (!byId.has(member.id)) byId.set(member.id, member);
  const complete = lists.length === shares.length && lists.every(({ below }) => below === undefined);
  return {
    online: shares.reduce((sum, { online }) => sum + online, 0),
    users: complete ? byId.size : estimate(shares, lists, byId.size),
    members: [...byId.values()].sort(byRank),
    complete,
  };
}

/** Adds a user who has just joined and is in no edge's report yet. Changes nothing when the list is incomplete or has the user. */
export function withMember(audience: Audience, member: RoomMember): Audience {
  const { online, users, members, complete } = audience;
  if (!complete || members.some(({ id }) => id === member.id)) return audience;
  return { online: online + 1, users: users + 1, members: members.toSpliced(placeOf(members, member, byRank), 0, member), complete };
}

function estimate(shares: readonly EdgeShare[], lists: readonly NamedMembers[], named: number): number {
  const perEdge = shares.map(({ online, users }) => users ?? online);
  const sum = perEdge.reduce((all, users) => all + users, 0);
  const end = Math.min(...lists.map(({ below }) => below ?? hashEnd));
  // Every edge lists all users whose hash is below `end`.
  const sample = lists.flatMap(({ members }) => members.filter(({ id }) => memberHash(id) < end).map(({ id }) => id));
  const share = sample.length === 0 ? 1 : new Set(sample).size / sample.length;
  return Math.min(sum, Math.max(Math.round(sum * share), named, ...perEdge));
}
