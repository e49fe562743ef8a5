// Likes, enters, gifts of a combo: messages that count something, as one message a type, the newest with the sum of the counts. The one place
// where a relay reads what is in a message.
import type { Pending } from '@danmux/bus';

interface Counter {
  readonly type: string;
  readonly data: unknown;
  readonly [field: string]: unknown;
}

/** `merged` are those whose count lives on in another message. */
export function mergeCounters(waiting: readonly Pending[]): { kept: Pending[]; merged: Pending[] } {
  if (waiting.length < 2) return { kept: [...waiting], merged: [] };
  const byType = new Map<string, { newest: Pending; message: Counter; count: number; of: number }>();
  const merged: Pending[] = [];
  for (const publication of waiting) {
    const message = JSON.parse(publication.body) as Counter;
    const before = byType.get(message.type);
    if (before) merged.push(before.newest);
    byType.set(message.type, { newest: publication, message, count: (before?.count ?? 0) + countOf(message.data), of: (before?.of ?? 0) + 1 });
  }
  return { kept: [...byType.values()].map(({ newest, message, count, of }) => (of === 1 ? newest : withCount(newest, message, count))), merged };
}

/** One that names no count is one. */
function countOf(data: unknown): number {
  const count = isRecord(data) ? data['count'] : undefined;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count : 1;
}

function withCount(newest: Pending, { id, type, from, data, ts }: Counter, count: number): Pending {
  const sum = isRecord(data) ? { ...data, count } : { value: data, count };
  // `ts` stays last: that is where the relay looks for it.
  return { ...newest, body: JSON.stringify({ id, type, ...(from === undefined ? {} : { from }), data: sum, ts }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
