// Merges the ambient messages of one tick, such as likes and enters. Messages of a summing type become one: the newest, with the sum of the counts.
// For a type with `merge: 'newest'`, only the newest message of each sender and key remains. Only this file and combos.ts parse messages in a relay.
import { countedBody, countOf, fieldText, type Pending } from '@danmux/bus';
import { type MessageType, messageTypes } from '@danmux/protocol';

export type MessageTypes = Readonly<Record<string, MessageType>>;

export interface Merged {
  readonly kept: Pending[];
  /** Messages that were merged into another one. */
  readonly merged: Pending[];
  /** Messages dropped because the tick has more than `newestOfTick` messages of types with `merge: 'newest'`. */
  readonly shed: Pending[];
}

/** Maximum number of messages of types with `merge: 'newest'` that one tick of a room keeps; a viewer could not follow more. */
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
    // Delete first, so that the map stays in order of arrival.
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

/** The sender and the key of the message. */
function keyOf({ weight }: Pending, data: string, row: MessageType | undefined): string {
  const key = row?.key === undefined || !data.startsWith('{') ? '' : (fieldText(data, row.key) ?? '');
  return JSON.stringify([weight?.sender ?? '', key]);
}

function shown({ newest, count, of, sums }: Group): Pending {
  if (!sums || of === 1) return newest;
  return { ...newest, body: countedBody(newest.body, count) };
}
