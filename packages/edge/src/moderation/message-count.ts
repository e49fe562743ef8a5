// What a viewer's message counts, and the message with what it may count: only types whose counts are added up somewhere (sums of the
// ambient lane, combos of gifts) are looked at. A count that is no positive integer is 1, as everywhere.
import { countOf } from '@danmux/bus';
import type { MessageType, SendRequest } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';

/** Undefined when nobody adds it up. */
export function statedCount({ lane, merge }: MessageType, data: unknown): number | undefined {
  const adds = lane === 'gift' || (lane === 'ambient' && merge !== 'newest');
  return adds ? Number(countOf(toJson(data ?? null))) : undefined;
}

/** The request itself when its data says so already, or says nothing and counts 1. */
export function counted(request: SendRequest, count: number): SendRequest {
  const { data } = request;
  if (!isRecord(data) || !Object.hasOwn(data, 'count') || data['count'] === count) return request;
  return { ...request, data: { ...data, count } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
