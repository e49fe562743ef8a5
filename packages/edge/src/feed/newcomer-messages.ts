// Chooses the messages that a newcomer to a room sees first: pinned super chats, then gifts, then notices and chat, as many as asked for.
// Messages that no screen shows do not count and are left out. Reads nothing; Recovery gives it the newest messages of each lane.
import { type Msg, reservedTypes, type StreamLane, streamLanes } from '@danmux/protocol';

type PerLane = Readonly<Partial<Record<StreamLane, readonly Msg[]>>>;

/** A super chat without `data.pin_ms` is pinned for this time, as in the overlay; each tier above 1 adds half of it. Milliseconds. */
const defaultPinMs = 8_000;

/**
 * False for a tombstone (`recalled`), and for the types `recall` and `room_state`: a newcomer gets recalled messages as tombstones, and the
 * modes in the join reply.
 */
export function isVisible({ type }: Msg): boolean {
  return type !== 'recalled' && !reservedTypes.includes(type);
}

/**
 * At most `wanted` of the messages, each lane in its order. Pinned super chats come first; gifts, then notices, take at most half; chat gets
 * the rest, and what chat leaves goes to older gifts and notices.
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

/** Newest first. */
function visible(msgs: readonly Msg[] = []): readonly Msg[] {
  return msgs.filter(isVisible).reverse();
}

function isPinned({ type, data, ts }: Msg, now: number): boolean {
  if (type !== 'superchat') return false;
  const { pin_ms, tier } = (data ?? {}) as { readonly pin_ms?: unknown; readonly tier?: unknown };
  const ms = numberIn(pin_ms) ?? (defaultPinMs * (Math.max(1, numberIn(tier) ?? 1) + 1)) / 2;
  return ts + ms > now;
}

/** Backends send numbers as text too; the overlay converts them in the same way. */
function numberIn(value: unknown): number | undefined {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}
