// The audience of a room, put together from what its edges report: connections, distinct users, and the members they name,
// each once. A user on two edges is one user.
import type { RoomMember } from '@danmux/protocol';
import { byRank, decodeMembers, hashEnd, memberHash, type NamedMembers, placeOf } from './member-list.ts';

export interface Audience {
  /** Connections. */
  readonly online: number;
  /**
   * Distinct users: exact when `complete`, else an estimate. The sum over the edges is exact; how many of it are the same user
   * twice is taken from the D users whose ids hash below what every edge still names. Its standard error is about 0.5/√D of
   * the count at worst (half of the users on two edges): 5 % with one large edge and 200 named an edge (D ≥ 100), 2 % with five
   * of one size; 0 when nobody is on two edges.
   */
  readonly users: number;
  /** Named users, highest level first, then by id. */
  readonly members: readonly RoomMember[];
  /** Every user is named. */
  readonly complete: boolean;
}

/** What the store has of one edge in the room. */
export interface EdgeShare {
  readonly online: number;
  /** Distinct users of this edge; absent when it did not say. */
  readonly users?: number;
  /** A MemberList's text; absent when it has not arrived. */
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

/** A viewer that has just come is in the list it asks for, before its edge's next report. */
export function withMember(audience: Audience, member: RoomMember): Audience {
  const { online, users, members, complete } = audience;
  if (!complete || members.some(({ id }) => id === member.id)) return audience;
  return { online: online + 1, users: users + 1, members: members.toSpliced(placeOf(members, member, byRank), 0, member), complete };
}

function estimate(shares: readonly EdgeShare[], lists: readonly NamedMembers[], named: number): number {
  const perEdge = shares.map(({ online, users }) => users ?? online);
  const sum = perEdge.reduce((all, users) => all + users, 0);
  const end = Math.min(...lists.map(({ below }) => below ?? hashEnd));
  // Below `end` every edge names all its users.
  const sample = lists.flatMap(({ members }) => members.filter(({ id }) => memberHash(id) < end).map(({ id }) => id));
  const share = sample.length === 0 ? 1 : new Set(sample).size / sample.length;
  return Math.min(sum, Math.max(Math.round(sum * share), named, ...perEdge));
}
