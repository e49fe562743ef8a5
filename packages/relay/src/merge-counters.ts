// Likes, enters and what else is ambient: of the messages of one tick, those of a type that sums become one, the newest with the sum of
// the counts; of the others the newest of each sender and key stays. With combos.ts the one place where a relay reads a message.
import { countedBody, countOf, fieldText, type Pending } from '@danmux/bus';
import { type MessageType, messageTypes } from '@danmux/protocol';

export type MessageTypes = Readonly<Record<string, MessageType>>;

export interface Merged {
  readonly kept: Pending[];
  /** What another message stands for now. */
  readonly merged: Pending[];
  /** What was too much for one tick. */
  readonly shed: Pending[];
}

/** Messages of types that keep the newest, in one tick of a room: what a viewer can still take in. */
const newestOfTick = 100;

interface Group {
  newest: Pending;
  count: bigint;
  of: number;
  readonly sums: boolean;
}

export function mergeCounters(waiting: readonly Pending[], types: MessageTypes = messageTypes): Merged {
  const groups = new Map<string, Group>();
  const merged: Pending[] = [];
  for (const publication of waiting) {
    const type = JSON.parse(fieldText(publication.body, 'type') ?? '""') as string;
    const row = Object.hasOwn(types, type) ? types[type] : undefined;
    const sums = row?.merge !== 'newest';
    const data = fieldText(publication.body, 'data') ?? 'null';
    const name = sums ? type : `${type} ${keyOf(publication, data, row)}`;
    const before = groups.get(name);
    if (before) merged.push(before.newest);
    // Last in the map is what came last.
    groups.delete(name);
    groups.set(name, { newest: publication, count: (before?.count ?? 0n) + (sums ? countOf(data) : 0n), of: (before?.of ?? 0) + 1, sums });
  }
  const all = [...groups.values()];
  const surplus = new Set(all.filter(({ sums }) => !sums).slice(0, -newestOfTick));
  return {
    kept: all.filter((group) => !surplus.has(group)).map(shown),
    merged,
    shed: [...surplus].map(({ newest }) => newest),
  };
}

/** Who sent it, and what it is about. */
function keyOf({ weight }: Pending, data: string, row: MessageType | undefined): string {
  const key = row?.key === undefined || !data.startsWith('{') ? '' : (fieldText(data, row.key) ?? '');
  return JSON.stringify([weight?.sender ?? '', key]);
}

function shown({ newest, count, of, sums }: Group): Pending {
  if (!sums || of === 1) return newest;
  return { ...newest, body: countedBody(newest.body, count) };
}
