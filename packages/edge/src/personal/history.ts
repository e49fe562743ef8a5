// What one user missed in a room that many share: its own messages alone are counted and parsed. What passed this edge lately
// is in the feed's ring; what was before is read from the store in pages, once for all who ask within half a minute.
import { type Bus, type BusFrame, goesOnAfter, type Heads, positionsOf, userRoomHistory } from '@danmux/bus';
import { type Frame, type JoinReply, limits, type Positions, type StreamLane, streamLanes } from '@danmux/protocol';
import { parseJson, type Runtime } from '@danmux/runtime';
import type { AddressedMsg } from '../feed/replayed-frame.ts';
import type { RoomFeed } from '../feed/room-feed.ts';
import { PersonalPages } from './pages.ts';

export interface MissedPersonal extends Pick<JoinReply, 'positions' | 'recovered'> {
  readonly msgs: readonly AddressedMsg[];
}

/** Messages one read of the store takes: the edge does nothing else while it decodes them. */
const pageSize = 500;
/** How long what was read is kept, milliseconds: a crowd that comes back is here by then. */
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
   * The user's messages after its positions, up to `heads`. A lane whose position is further back than history or
   * `userRoomHistory` messages of all users, or with more than `limits.recovery` of its own, is said not to be recovered; so is one whose
   * position is of another epoch or beyond the heads, and gets what there is since the epochs parted.
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

  /** Forgets what nobody may ask for any more. */
  expire(): void {
    const before = this.#runtime.clock.now() - keptMs;
    for (const [lane, { at }] of this.#pages) if (at <= before) this.#pages.delete(lane);
  }

  async #since(user: string, lane: StreamLane, after: number, heads: Heads): Promise<readonly AddressedMsg[] | null> {
    const upTo = heads.offsets[lane];
    if (after > upTo || upTo - after > userRoomHistory) return null;
    const frames = this.#feed.replay.frames(lane, after, upTo);
    if (!frames) return this.#inStore(user, lane, after, heads);
    const own = ownIn(frames, user).filter((msg) => msg.lane === lane && (msg.offset ?? 0) > after && (msg.offset ?? 0) <= upTo);
    return own.length > limits.recovery ? null : own;
  }

  async #inStore(user: string, lane: StreamLane, after: number, heads: Heads): Promise<readonly AddressedMsg[] | null> {
    // One read of a lane at a time: who waited finds what the others had read.
    const read = (this.#reading.get(lane) ?? Promise.resolve()).then(() => this.#read(lane, after, heads));
    const settled = read.catch(() => {});
    this.#reading.set(lane, settled);
    const pages = await read;
    if (this.#reading.get(lane) === settled) this.#reading.delete(lane);
    const texts = pages?.of(user, after, heads.offsets[lane]);
    return !texts || texts.length > limits.recovery ? null : texts.map((text) => parseJson(text) as AddressedMsg);
  }

  /** Pages that hold all between `after` and the heads; null when the store does not have it any more. */
  async #read(lane: StreamLane, after: number, { epoch, offsets }: Heads): Promise<PersonalPages | null> {
    const upTo = offsets[lane];
    this.expire();
    const known = this.#pages.get(lane);
    const pages = known?.epoch === epoch && !known.overfull ? known : new PersonalPages(epoch, upTo, this.#runtime.clock.now());
    this.#pages.set(lane, pages);
    for (let next = pages.next(after, upTo, pageSize); next; next = pages.next(after, upTo, pageSize)) {
      this.#runtime.metrics.ringReads.inc({ lane });
      const texts = await this.#bus.streams.since(this.#feed.room, lane, next.after, next.upTo, pageSize);
      // Asked after the read: the store may have come back empty, and these be the messages of another epoch.
      if ((await this.#bus.streams.heads(this.#feed.room)).epoch !== epoch) {
        this.#pages.delete(lane);
        return null;
      }
      pages.add(next, texts);
    }
    return pages.reaches(after, upTo) ? pages : null;
  }
}

/** Frames that name nobody like this are not parsed. */
function ownIn(frames: readonly BusFrame[], user: string): AddressedMsg[] {
  const named = frames.filter(({ head }) => head.to?.includes(user));
  return named.flatMap(({ payload }) => (parseJson(payload) as Frame).msgs as readonly AddressedMsg[]).filter(({ to }) => to === user);
}
