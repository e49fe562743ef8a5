// The last messages of a room as the console saw them, put together from the newest page of each lane: knows what is new, what was taken
// back since it was read, and where it read too late to see everything. Keeps so many a lane and no more.
import type { HistoryPage, Message } from './replies.ts';

export interface Seen {
  readonly msg: Message;
  /** It was there and is no longer: somebody took it back. */
  readonly recalled: boolean;
  /** So many came before it that were gone, or too many, when the console looked. */
  readonly missedBefore: number;
}

const kept = 150;
/** Well below the time after which a stream that nobody writes to is forgotten as a whole. */
const surelyKeptMs = 3_600_000;

export class MessageLog {
  readonly #lanes = new Map<string, readonly Seen[]>();

  /** What the api has now of a lane: its newest messages, lowest offset first. */
  take(lane: string, { msgs }: HistoryPage, now: number): void {
    const old = this.#lanes.get(lane) ?? [];
    const from = msgs[0]?.offset ?? 0;
    const last = old.at(-1)?.msg.offset ?? 0;
    const held = new Map(msgs.map((msg) => [msg.id, msg]));
    // A store that began anew counts from one again.
    const again = old.length > 0 && msgs.length > 0 && (msgs.at(-1)?.offset ?? 0) < last && !old.some(({ msg }) => held.has(msg.id));
    const before = again ? [] : old.map((seen) => updated(seen, held.get(seen.msg.id), wasThere(seen.msg, from, now)));
    const known = new Set(before.map(({ msg }) => msg.id));
    const added = msgs.filter(({ id }) => !known.has(id)).map((msg) => ({ msg, recalled: isTombstone(msg), missedBefore: 0 }));
    const [first] = added;
    if (first && before.length > 0) added[0] = { ...first, missedBefore: Math.max(0, (first.msg.offset ?? 0) - last - 1) };
    this.#lanes.set(lane, [...before, ...added].slice(-kept));
  }

  /** The operator took it back. */
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

/** `shown` is what the page has of it now: a tombstone, or a gift of which a part was taken back. */
function updated(seen: Seen, shown: Message | undefined, wasThere: boolean): Seen {
  if (shown && !isTombstone(shown)) return { ...seen, msg: shown };
  return wasThere ? { ...seen, recalled: true } : seen;
}

function isTombstone({ type, data }: Message): boolean {
  return type === 'recalled' && data === null;
}

/** It would be on this page if nobody had taken it back. */
function wasThere({ offset = 0, ts, expires_at: expiresAt = Number.POSITIVE_INFINITY }: Message, from: number, now: number): boolean {
  return offset >= from && now - ts < surelyKeptMs && expiresAt > now;
}
