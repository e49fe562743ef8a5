// The latest messages of a room, merged from repeated reads of the newest history page of each lane. Recognizes new and recalled messages, and gaps
// between two reads. Keeps at most 150 messages per lane.
import type { HistoryPage, Message } from './replies.ts';

export interface Seen {
  readonly msg: Message;
  /** True when the operator recalled the message here, or when history has a tombstone for it or lacks it although it cannot have expired. */
  readonly recalled: boolean;
  /** Number of messages directly before this one that no read returned. */
  readonly missedBefore: number;
}

const maxPerLane = 150;
/** Milliseconds. The stream of a lane whose newest message is younger than this cannot have expired, because the TTL of an idle stream is much longer. */
const surelyRetainedMs = 3_600_000;

export class MessageLog {
  readonly #lanes = new Map<string, readonly Seen[]>();

  /** Merges the newest history page of a lane, lowest offset first. */
  merge(lane: string, { msgs }: HistoryPage, now: number): void {
    const old = this.#lanes.get(lane) ?? [];
    const from = msgs[0]?.offset ?? 0;
    const last = old.at(-1)?.msg.offset ?? 0;
    const current = new Map(msgs.map((msg) => [msg.id, msg]));
    // After the server has lost its data, offsets start at one again. The log then drops the old messages.
    const again = old.length > 0 && msgs.length > 0 && (msgs.at(-1)?.offset ?? 0) < last && !old.some(({ msg }) => current.has(msg.id));
    const retained = msgs.length > 0 || now - Math.max(...old.map(({ msg }) => msg.ts)) < surelyRetainedMs;
    const before = again ? [] : old.map((seen) => updated(seen, current.get(seen.msg.id), retained && wasRecalled(seen.msg, from, now)));
    const knownIds = new Set(before.map(({ msg }) => msg.id));
    const added = msgs.filter(({ id }) => !knownIds.has(id)).map((msg) => ({ msg, recalled: isTombstone(msg), missedBefore: 0 }));
    const [first] = added;
    if (first && before.length > 0) added[0] = { ...first, missedBefore: Math.max(0, (first.msg.offset ?? 0) - last - 1) };
    this.#lanes.set(lane, [...before, ...added].slice(-maxPerLane));
  }

  /** Marks a message as recalled immediately after the operator's recall, before the next read shows it. */
  recall(id: string): void {
    for (const [lane, seen] of this.#lanes) {
      this.#lanes.set(
        lane,
        seen.map((one) => (one.msg.id === id ? { ...one, recalled: true } : one)),
      );
    }
  }

  /** The messages of these lanes, newest first. */
  newest(lanes: ReadonlySet<string>): readonly Seen[] {
    return [...this.#lanes]
      .flatMap(([lane, seen]) => (lanes.has(lane) ? seen : []))
      .sort((a, b) => b.msg.ts - a.msg.ts || (b.msg.offset ?? 0) - (a.msg.offset ?? 0));
  }
}

/** Updates a known message. `shown` is its current version in history: the same message, a tombstone, or a combo without its recalled gifts. */
function updated(seen: Seen, shown: Message | undefined, wasRecalled: boolean): Seen {
  if (shown && !isTombstone(shown)) return { ...seen, msg: shown };
  return wasRecalled ? { ...seen, recalled: true } : seen;
}

function isTombstone({ type, data }: Message): boolean {
  return type === 'recalled' && data === null;
}

/** True when only a recall explains that the message is missing from the page of a retained stream: it is in the offset range and has not expired. */
function wasRecalled({ offset = 0, expires_at: expiresAt = Number.POSITIVE_INFINITY }: Message, from: number, now: number): boolean {
  return offset >= from && expiresAt > now;
}
