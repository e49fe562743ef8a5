// Per-lane sizes and TTLs: ingress caps, dedupe windows, history, recalls and heads.
import { type Lane, lanes, type StreamLane, streamLanes } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import { isUserRoom, userRoomHistory } from '../user-room.ts';

/** Largest number of publications in the ingress of one shard and lane. */
export function ingressCap(lane: Lane, { relay }: Pick<Config, 'relay'>): number {
  return { control: relay.ingress_gift, gift: relay.ingress_gift, chat: relay.ingress_chat, ambient: relay.ingress_ambient }[lane];
}

/** Dedupe window in milliseconds: a second publication with the same dedupe key inside it is a duplicate. */
export function dedupeMs(lane: Lane, { messages }: Pick<Config, 'messages'>): number {
  return lanes[lane].guaranteed ? messages.dedupe_gift_ms : messages.dedupe_chat_ms;
}

/** Number of messages of a lane that a room keeps in its history. */
export function historySize(room: string, lane: StreamLane): number {
  return isUserRoom(room) ? userRoomHistory : lanes[lane].history.size;
}

/** TTL of a recalled id, milliseconds: as long as the longest history, so that no history still contains the message when its id expires. */
export const recallTtlMs = Math.max(...streamLanes.map((lane) => lanes[lane].history.ttlS)) * 1_000;

/** TTL of recalled combo parts, milliseconds. Longer than `recallTtlMs`, because every new gift extends the life of the stream and its old combos. */
export const recalledPartsTtlMs = 7 * 86_400_000;

/**
 * TTL of a room's heads after the last commit, presence report or new epoch, milliseconds. Longer than any history, so that offsets do not
 * start again while messages of the room are stored.
 */
export const headsTtlMs = recallTtlMs + 600_000;

/** TTL of an idempotency claim whose request never finishes, milliseconds. */
export const claimTtlMs = 10_000;
