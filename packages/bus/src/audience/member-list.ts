// The members of a room that one edge names: all of them up to a cap; above it the half of highest level, and besides them
// those whose ids have the smallest hashes. A user has the same hash on every edge, so what two edges both have below a hash
// tells how many users they share (audience.ts makes the estimate from it). Encoded once, opaque to the store.
import { createHash } from 'node:crypto';
import type { RoomMember } from '@danmux/protocol';
import { fnv1a } from '../fnv.ts';

export interface MemberList {
  /** The same for the same content. */
  readonly version: string;
  /** JSON, as decodeMembers reads it. */
  readonly text: string;
}

/** A user of a room with the hash of its id, made once. */
export interface HashedMember {
  readonly member: RoomMember;
  readonly hash: number;
}

export interface NamedMembers {
  readonly members: readonly RoomMember[];
  /** Every user of the edge whose hash is below is named; absent when all are. */
  readonly below?: number;
}

/** All values of a hash are below. */
export const hashEnd = 2 ** 32;

/** FNV-1a with the finisher of MurmurHash3: ids that differ by a digit lie far apart. Edges of all versions must agree on it. */
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

/** Takes one pass or two over `users`; at most `cap` are named. */
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
  // One more than is named: where its hash is, what is known of this edge ends.
  const sample = first(users.values(), rest + 1, (a, b) => a.hash - b.hash, named);
  return { members: [...top, ...sample.slice(0, rest)].map(({ member }) => member), below: sample[rest]?.hash ?? hashEnd };
}

/** The `count` first of `items` in the order of `compare`, without those in `except`. Most items cost one comparison. */
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

/** Where `item` belongs in `sorted`: behind what is equal. */
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
