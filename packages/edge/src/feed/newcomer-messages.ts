// Chooses the messages that a newcomer to a room gets: pinned super chats, then gifts, then notices and chat, up to the requested number. Messages
// that clients do not display are left out and do not count. This file reads nothing; Recovery passes in the newest messages of each lane.
import { type Msg, numberIn, reservedTypes, type StreamLane, streamLanes } from '@danmux/protocol';

type PerLane = Readonly<Partial<Record<StreamLane, readonly Msg[]>>>;

/** Milliseconds for which a super chat without `data.pin_ms` is pinned, as in the overlay. Each tier above 1 adds half of this time. */
const defaultPinMs = 8_000;

/**
 * False for a tombstone (`recalled`), and for the types `recall` and `room_state`: a newcomer gets recalled messages as tombstones, and the
 * modes in the join reply.
 */
export function isVisible({ type }: Msg): boolean {
  return type !== 'recalled' && !reservedTypes.includes(type);
}

/**
 * Chooses at most `wanted` messages and keeps the order of each lane. Pinned super chats are chosen first. Other gifts and then notices follow while
 * fewer than half of `wanted` are chosen. Chat gets the remaining places, and older gifts and notices get the places that chat does not fill.
 */
export function newcomerMessages(newest: PerLane, wanted: number, now: number): PerLane {
  const [gifts, notices, chat] = [visible(newest.gift), visible(newest.control), visible(newest.chat)];
  const half = Math.ceil(wanted / 2);
  const chosen = new Set<Msg>();
  const take = (msgs: readonly Msg[], upTo: number) => {
    for (const msg of msgs) if (chosen.size < upTo) chosen.add(msg);
  };
  take(
    gifts.filter((msg) => isPinned(msg, now)),
    wanted,
  );
  take(gifts, half);
  take(notices, half);
  take(chat, wanted);
  take([...gifts, ...notices], wanted);
  const lanes = streamLanes.filter((lane) => newest[lane] !== undefined);
  return Object.fromEntries(lanes.map((lane) => [lane, (newest[lane] ?? []).filter((msg) => chosen.has(msg))]));
}

/** The visible messages, newest first. */
function visible(msgs: readonly Msg[] = []): readonly Msg[] {
  return msgs.filter(isVisible).reverse();
}

function isPinned({ type, data, ts }: Msg, now: number): boolean {
  if (type !== 'superchat') return false;
  const { pin_ms, tier } = (data ?? {}) as { readonly pin_ms?: unknown; readonly tier?: unknown };
  const ms = numberIn(pin_ms) ?? (defaultPinMs * (Math.max(1, numberIn(tier) ?? 1) + 1)) / 2;
  return ts + ms > now;
}
