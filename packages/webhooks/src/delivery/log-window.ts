// Reads the event log for all targets of a process. Targets at the same position share one read, and the newest events of each shard stay
// cached, parsed once, for targets that are slightly behind. It does not know the targets.
import { compareEntries, type EventLog, type LoggedEvent } from '@danmux/bus';
import type { WebhookEvent } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';

/** A parsed event of the log, shared by all targets. */
export interface ReadEvent extends Pick<WebhookEvent, 'id' | 'type' | 'room' | 'ts'> {
  readonly entry: string;
  /** The entry before this one, or the entry after which the log was read; absent for the first event of a read from the start of the log. */
  readonly before?: string;
  readonly number: number;
  readonly text: string;
  /** Number of messages in a `message.sent` event; 0 for other events and for malformed text, whose `room` is ''. */
  readonly messages: number;
}

/** The newest events of a shard's log, as cached. */
interface Tail {
  /** The log entry directly before the first cached event; undefined when the cached events begin at the start of the log. */
  from: string | undefined;
  readonly events: ReadEvent[];
  characters: number;
}

const readTogether = 500;
/** Cap on cached events of a shard: enough for a target that is slightly behind, far less than the log. */
const keptEvents = 250;
const keptCharacters = 262_144;

export class LogWindow {
  readonly #runtime: Runtime;
  readonly #log: EventLog;
  readonly #tails = new Map<number, Tail>();
  readonly #reading = new Map<string, Promise<readonly ReadEvent[]>>();

  constructor(runtime: Runtime, log: EventLog) {
    this.#runtime = runtime;
    this.#log = log;
  }

  /** Events after the entry, oldest first; empty at the end of the log. Rejects with `unavailable` while the store is unreachable. */
  after(shard: number, entry: string | undefined): Promise<readonly ReadEvent[]> {
    const kept = this.#kept(shard, entry);
    return kept.length > 0 ? Promise.resolve(kept) : this.#read(shard, entry);
  }

  /** The oldest event in the log. */
  first(shard: number): Promise<LoggedEvent | undefined> {
    return this.#log.read(shard, undefined, 1).then(([first]) => first);
  }

  #kept(shard: number, entry: string | undefined): readonly ReadEvent[] {
    const tail = this.#tails.get(shard);
    if (!tail || (entry === undefined ? tail.from !== undefined : tail.from !== undefined && compareEntries(entry, tail.from) < 0)) return [];
    const { events } = tail;
    if (entry === undefined || entry === tail.from) return events.slice(0, readTogether);
    const place = placeAfter(events, entry);
    return events.slice(place, place + readTogether);
  }

  /** Concurrent requests for the same position share one read. */
  #read(shard: number, entry: string | undefined): Promise<readonly ReadEvent[]> {
    const key = `${shard} ${entry}`;
    const under = this.#reading.get(key);
    if (under) return under;
    const reading = this.#log
      .read(shard, entry, readTogether)
      .then((logged) => this.#keep(shard, entry, this.#parsed(logged, entry)))
      .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  /**
   * Appends events that directly follow the cached ones. Replaces the cache by events that are newer but do not directly follow. Older events, read
   * for a target that is far behind, are not cached.
   */
  #keep(shard: number, entry: string | undefined, events: readonly ReadEvent[]): readonly ReadEvent[] {
    const first = events[0];
    if (!first) return events;
    const tail = this.#tails.get(shard);
    const end = tail?.events.at(-1)?.entry ?? tail?.from;
    if (tail && end !== undefined && entry === end) {
      tail.events.push(...events);
      tail.characters += charactersOf(events);
      this.#shorten(tail);
    } else if (!tail || end === undefined || compareEntries(first.entry, end) > 0) {
      this.#tails.set(shard, { from: entry, events: [...events], characters: charactersOf(events) });
    }
    return events;
  }

  #shorten(tail: Tail): void {
    let over = 0;
    while (tail.events.length - over > keptEvents || (tail.characters > keptCharacters && over < tail.events.length - 1)) {
      tail.characters -= tail.events[over]?.text.length ?? 0;
      over++;
    }
    const gone = tail.events.splice(0, over);
    tail.from = gone.at(-1)?.entry ?? tail.from;
  }

  #parsed(logged: readonly LoggedEvent[], after: string | undefined): readonly ReadEvent[] {
    let before = after;
    return logged.map(({ entry, number, text }) => {
      const place = { entry, number, ...(before === undefined ? {} : { before }) };
      before = entry;
      return { ...place, ...this.#event(text) };
    });
  }

  #event(text: string): Pick<ReadEvent, 'id' | 'type' | 'room' | 'ts' | 'text' | 'messages'> {
    try {
      const { id, type, room, ts, data } = JSON.parse(text) as WebhookEvent;
      const messages = type === 'message.sent' ? (data as { messages: readonly unknown[] }).messages.length : 0;
      return { id, type, room, ts, text, messages };
    } catch (error) {
      this.#runtime.caught('webhook-event', error, 'skipping a malformed event of the event log', { level: 'error' });
      return { id: '', type: 'room.users', room: '', ts: 0, text: '', messages: 0 };
    }
  }
}

function charactersOf(events: readonly ReadEvent[]): number {
  return events.reduce((sum, { text }) => sum + text.length, 0);
}

/** Index of the first event after the entry. */
function placeAfter(events: readonly ReadEvent[], entry: string): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareEntries(events[middle]?.entry ?? '', entry) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
