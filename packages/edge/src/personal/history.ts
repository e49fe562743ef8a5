// Finds the messages one user missed in a personal room, which many users share; only that user's messages are counted and parsed.
// Recent frames come from the feed's replay buffer; older ones are read from Redis in pages, shared by all users for half a minute.
import { type Bus, type BusFrame, goesOnAfter, type Heads, positionsOf, userRoomHistory } from '@danmux/bus';
import { type Frame, type JoinReply, limits, type Positions, type StreamLane, streamLanes } from '@danmux/protocol';
import { parseJson, type Runtime } from '@danmux/runtime';
import type { AddressedMsg } from '../feed/replayed-frame.ts';
import type { RoomFeed } from '../feed/room-feed.ts';
import { PersonalPages } from './pages.ts';

export interface MissedPersonal extends Pick<JoinReply, 'positions' | 'recovered'> {
  readonly msgs: readonly AddressedMsg[];
}

/** Messages per read from Redis; decoding a page blocks the event loop. */
const pageSize = 500;
/** How long pages are cached, milliseconds: long enough for a crowd that reconnects together. */
const keptMs = 30_000;

export class PersonalHistory {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'streams'>;
  readonly #feed: RoomFeed;
  readonly #pages = new Map<StreamLane, PersonalPages>();
  readonly #reading = new Map<StreamLane, Promise<unknown>>();

  constructor(runtime: Runtime, bus: Pick<Bus, 'streams'>, feed: RoomFeed) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#feed = feed;
  }

  /**
   * The user's messages after its positions, up to `heads`. A lane is not recovered when Redis has trimmed messages after its
   * position, when the position is more than `userRoomHistory` messages (of all users) behind, or when the user missed more than
   * `limits.recovery` messages. A lane whose position is of another epoch or beyond the heads is not recovered either, but returns the
   * messages since the epochs diverged.
   */
  async missed(user: string, positions: Positions | undefined, heads: Heads): Promise<MissedPersonal> {
    const recovered: Partial<Record<StreamLane, boolean>> = {};
    const msgs: AddressedMsg[] = [];
    for (const lane of streamLanes) {
      const position = positions?.[lane];
      if (!position) continue;
      const connected = position.epoch === heads.epoch && position.offset <= heads.offsets[lane];
      const missed = await this.#since(user, lane, goesOnAfter(heads, lane, position.epoch, position.offset), heads);
      recovered[lane] = connected && missed !== null;
      if (missed) msgs.push(...missed);
      this.#runtime.metrics.recoveries.inc({ lane, recovered: String(recovered[lane]) });
    }
    return { positions: positionsOf(heads), recovered, msgs };
  }

  /** Drops cached pages past their age limit. */
  expire(): void {
    const before = this.#runtime.clock.now() - keptMs;
    for (const [lane, { at }] of this.#pages) if (at <= before) this.#pages.delete(lane);
  }

  async #since(user: string, lane: StreamLane, after: number, heads: Heads): Promise<readonly AddressedMsg[] | null> {
    const upTo = heads.offsets[lane];
    if (after > upTo || upTo - after > userRoomHistory) return null;
    const frames = this.#feed.replay.frames(lane, after, upTo);
    if (!frames) return this.#inStore(user, lane, after, heads);
    const own = messagesFor(frames, user).filter((msg) => msg.lane === lane && (msg.offset ?? 0) > after && (msg.offset ?? 0) <= upTo);
    return own.length > limits.recovery ? null : own;
  }

  async #inStore(user: string, lane: StreamLane, after: number, heads: Heads): Promise<readonly AddressedMsg[] | null> {
    // Reads of a lane run one after another, so a waiting call reuses the pages of the call before.
    const read = (this.#reading.get(lane) ?? Promise.resolve()).then(() => this.#read(lane, after, heads));
    const settled = read.catch(() => {});
    this.#reading.set(lane, settled);
    const pages = await read;
    if (this.#reading.get(lane) === settled) this.#reading.delete(lane);
    const texts = pages?.of(user, after, heads.offsets[lane]);
    return !texts || texts.length > limits.recovery ? null : texts.map((text) => parseJson(text) as AddressedMsg);
  }

  /** Pages with all messages between `after` and the heads; null when Redis has trimmed some of them. */
  async #read(lane: StreamLane, after: number, { epoch, offsets }: Heads): Promise<PersonalPages | null> {
    const upTo = offsets[lane];
    this.expire();
    const known = this.#pages.get(lane);
    const pages = known?.epoch === epoch && !known.overfull ? known : new PersonalPages(epoch, upTo, this.#runtime.clock.now());
    this.#pages.set(lane, pages);
    for (let next = pages.next(after, upTo, pageSize); next; next = pages.next(after, upTo, pageSize)) {
      this.#runtime.metrics.ringReads.inc({ lane });
      const texts = await this.#bus.streams.since(this.#feed.room, lane, next.after, next.upTo, pageSize);
      // The epoch is checked after the read, because Redis may have restarted empty and the texts may belong to another epoch.
      if ((await this.#bus.streams.heads(this.#feed.room)).epoch !== epoch) {
        this.#pages.delete(lane);
        return null;
      }
      pages.add(next, texts);
    }
    return pages.reaches(after, upTo) ? pages : null;
  }
}

/** The user's messages in these frames; frames not addressed to the user are not parsed. */
function messagesFor(frames: readonly BusFrame[], user: string): AddressedMsg[] {
  const named = frames.filter(({ head }) => head.to?.includes(user));
  return named.flatMap(({ payload }) => (parseJson(payload) as Frame).msgs as readonly AddressedMsg[]).filter(({ to }) => to === user);
}
