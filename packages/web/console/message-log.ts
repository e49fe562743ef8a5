// The latest messages of a room, merged from the newest page of each lane: knows new messages, recalled ones
// and gaps between two reads. Keeps a bounded number per lane.
import type { HistoryPage, Message } from './replies.ts';

export interface Seen {
  readonly msg: Message;
  /** It has disappeared from history: somebody recalled it. */
  readonly recalled: boolean;
  /** Number of messages before it that the console missed. */
  readonly missedBefore: number;
}

const maxPerLane = 150;
/** Well below the lifetime of an idle stream. */
const surelyRetainedMs = 3_600_000;

export class MessageLog {
  readonly #lanes = new Map<string, readonly Seen[]>();

  /** Merges the newest history page of a lane, lowest offset first. */
  merge(lane: string, { msgs }: HistoryPage, now: number): void {
    const old = this.#lanes.get(lane) ?? [];
    const from = msgs[0]?.offset ?? 0;
    const last = old.at(-1)?.msg.offset ?? 0;
    const current = new Map(msgs.map((msg) => [msg.id, msg]));
    // A new store counts from one again.
    const again = old.length > 0 && msgs.length > 0 && (msgs.at(-1)?.offset ?? 0) < last && !old.some(({ msg }) => current.has(msg.id));
    const before = again ? [] : old.map((seen) => updated(seen, current.get(seen.msg.id), wasRecalled(seen.msg, from, now)));
    const knownIds = new Set(before.map(({ msg }) => msg.id));
    const added = msgs.filter(({ id }) => !knownIds.has(id)).map((msg) => ({ msg, recalled: isTombstone(msg), missedBefore: 0 }));
    const [first] = added;
    if (first && before.length > 0) added[0] = { ...first, missedBefore: Math.max(0, (first.msg.offset ?? 0) - last - 1) };
    this.#lanes.set(lane, [...before, ...added].slice(-maxPerLane));
  }

  /** The operator recalled it. */
  recall(id: string): void {
    for (const [lane, seen] of this.#lanes) {
      this.#lanes.set(
        lane,
        seen.map((one) => (one.msg.id === id ? { ...one, recalled: true } : one)),
      );
    }
  }

  /** Newest first, of these lanes. */
  newest(lanes: ReadonlySet<string>): readonly Seen[] {
    return [...this.#lanes]
      .flatMap(([lane, seen]) => (lanes.has(lane) ? seen : []))
      .sort((a, b) => b.msg.ts - a.msg.ts || (b.msg.offset ?? 0) - (a.msg.offset ?? 0));
  }
}

/** `shown` is the current version in history: a tombstone, or a gift with a recalled part. */
function updated(seen: Seen, shown: Message | undefined, wasRecalled: boolean): Seen {
  if (shown && !isTombstone(shown)) return { ...seen, msg: shown };
  return wasRecalled ? { ...seen, recalled: true } : seen;
}

function isTombstone({ type, data }: Message): boolean {
  return type === 'recalled' && data === null;
}

/** True if only a recall explains that it is missing. */
function wasRecalled({ offset = 0, ts, expires_at: expiresAt = Number.POSITIVE_INFINITY }: Message, from: number, now: number): boolean {
  return offset >= from && now - ts < surelyRetainedMs && expiresAt > now;
}
