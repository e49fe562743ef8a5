// What the config says of a lane: how much its ingress holds and how long a duplicate is known.
import { type Lane, lanes, type StreamLane, streamLanes } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import { isUserRoom, userRoomHistory } from '../user-room.ts';

/** Publications the ingress of one shard and lane holds. */
export function ingressCap(lane: Lane, { relay }: Pick<Config, 'relay'>): number {
  return { control: relay.ingress_gift, gift: relay.ingress_gift, chat: relay.ingress_chat, ambient: relay.ingress_ambient }[lane];
}

/** Milliseconds during which the same dedupe key is one message. */
export function dedupeMs(lane: Lane, { messages }: Pick<Config, 'messages'>): number {
  return lanes[lane].guaranteed ? messages.dedupe_gift_ms : messages.dedupe_chat_ms;
}

/** Messages of a lane that a room keeps. */
export function historySize(room: string, lane: StreamLane): number {
  return isUserRoom(room) ? userRoomHistory : lanes[lane].history.size;
}

/** How long a recalled message may not come back, milliseconds: as long as any history. */
export const recallTtlMs = Math.max(...streamLanes.map((lane) => lanes[lane].history.ttlS)) * 1_000;

/** How long it is known which parts of a stored combo were recalled, milliseconds: a stream with a gift now and then lives longer than `recallTtlMs`. */
export const recalledPartsTtlMs = 7 * 86_400_000;

/** How long a room's heads outlive the last thing that kept them, milliseconds: longer than any history. */
export const headsTtlMs = recallTtlMs + 600_000;

/** How long an idempotency key is claimed by a request that never finishes, milliseconds. */
export const claimTtlMs = 10_000;
