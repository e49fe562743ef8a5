// The member list that one edge reports for a room: every user up to a cap. Above the cap, half of the list is the users with the highest
// levels, and the other half is a sample: the users with the smallest id hashes. A user has the same hash on every edge, so the samples of two edges
// show how many users the edges share; audience.ts estimates from that. The store treats the encoded list as opaque.
import { createHash } from 'node:crypto';
import type { RoomMember } from '@danmux/protocol';
import { fnv1a } from '../fnv.ts';

/** The users of one room on one edge, as the edge reports them. */
export interface MemberList {
  /** Content hash: equal lists have equal versions. */
  readonly version: string;
  /** JSON; read it with `decodeMembers`. */
  readonly text: string;
}

/** A user of a room with the precomputed hash of its id. */
export interface HashedMember {
  readonly member: RoomMember;
  readonly hash: number;
}

export interface NamedMembers {
  readonly members: readonly RoomMember[];
  /** The list contains every user of the edge whose hash is below this; absent when it contains all users. */
  readonly below?: number;
}

/** Exclusive upper bound of a hash. */
export const hashEnd = 2 ** 32;

/**
 * FNV-1a with the finalizer of MurmurHash3, because FNV-1a alone gives close hashes to ids that differ by one digit. All edges of a cluster,
 * old and new, must compute the same hash: never change it.
 */
export function memberHash(id: string): number {
  let hash = fnv1a(id);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The order of every member list: highest level first, then by id. */
export function byRank(a: RoomMember, b: RoomMember): number {
  const levels = levelOf(b) - levelOf(a);
  if (levels !== 0) return levels;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

export function levelOf({ level }: RoomMember): number {
  return level ?? 0;
}

/** Encodes the list of a room's users with at most `cap` members. Makes one pass over `users`, or two when there are more than `cap`. */
export function listMembers(users: ReadonlyMap<string, HashedMember>, cap: number): MemberList {
  const text = JSON.stringify(users.size <= cap ? { members: Array.from(users.values(), ({ member }) => member) } : sampled(users, cap));
  return { text, version: createHash('sha256').update(text).digest('base64url').slice(0, 22) };
}

export function decodeMembers(text: string): NamedMembers {
  return JSON.parse(text) as NamedMembers;
}

function sampled(users: ReadonlyMap<string, HashedMember>, cap: number): NamedMembers {
  const top = first(users.values(), Math.ceil(cap / 2), (a, b) => byRank(a.member, b.member));
  const named = new Set(top);
  const rest = cap - top.length;
  // Takes one user more than is listed: its hash is the bound below which the list is complete.
  const sample = first(users.values(), rest + 1, (a, b) => a.hash - b.hash, named);
  return { members: [...top, ...sample.slice(0, rest)].map(({ member }) => member), below: sample[rest]?.hash ?? hashEnd };
}

/** The first `count` of `items` in the order of `compare`, without those in `except`. Most items cost one comparison. */
function first<T>(items: Iterable<T>, count: number, compare: (a: T, b: T) => number, except?: ReadonlySet<T>): T[] {
  const kept: T[] = [];
  for (const item of items) {
    const last = kept[count - 1];
    if ((last !== undefined && compare(item, last) >= 0) || except?.has(item)) continue;
    kept.splice(placeOf(kept, item, compare), 0, item);
    if (kept.length > count) kept.pop();
  }
  return kept;
}

/** Index at which to insert `item` into `sorted`: after equal elements. Binary search. */
export function placeOf<T>(sorted: readonly T[], item: T, compare: (a: T, b: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle] as T, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
