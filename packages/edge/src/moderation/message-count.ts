// Reads and replaces the `count` of a viewer's message, for the types whose counts are added up (sums of counters, combos of gifts). A count that
// is not a positive integer is read as 1, as in every other part that uses `countOf`.
import { countOf } from '@danmux/bus';
import { lanes, type MessageType, type SendRequest } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';

/** The message's count; undefined when counts of its type are not added up. */
export function statedCount({ lane, merge }: MessageType, data: unknown): number | undefined {
  const { merges } = lanes[lane];
  const adds = merges === 'combos' || (merges === 'counters' && merge !== 'newest');
  return adds ? Number(countOf(toJson(data ?? null))) : undefined;
}

/** The request with its `count` replaced; the same object when the count is equal already or the data has none. */
export function counted(request: SendRequest, count: number): SendRequest {
  const { data } = request;
  if (!isRecord(data) || !Object.hasOwn(data, 'count') || data['count'] === count) return request;
  return { ...request, data: { ...data, count } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
