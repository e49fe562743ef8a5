// What a joining viewer is given: what it missed since its positions, or the room's last messages. Bounded by what the feed
// has passed on, so that replay and live frames meet without a hole and without a double. The feed's ring is asked first; what
// it does not hold is read from the store once for all who ask.
import { type Bus, goesOnAfter, type Heads, positionsOf } from '@danmux/bus';
import { type JoinReply, type JoinRequest, lanes, limits, type Msg, type Position, type StreamLane, streamLanes } from '@danmux/protocol';
import { parseJson, type Runtime } from '@danmux/runtime';
import type { RoomFeed } from './room-feed.ts';

/** Messages a viewer without positions gets when it does not say how many. */
const defaultHistory = 50;

export type Recovered = Pick<JoinReply, 'positions' | 'recovered' | 'msgs'>;

export class Recovery {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #warming = new Map<string, Promise<void>>();

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** `heads` are the feed's at the moment the viewer began to be kept its frames. */
  async recover(request: JoinRequest, feed: RoomFeed, heads: Heads): Promise<Recovered> {
    const recovered: Partial<Record<StreamLane, boolean>> = {};
    const perLane: Partial<Record<StreamLane, readonly Msg[]>> = {};
    for (const lane of streamLanes) {
      const position = request.positions?.[lane];
      if (!position) continue;
      const missed = await this.#missed(feed, lane, position, heads);
      recovered[lane] = missed !== null;
      const given = missed ?? (await this.#sinceFork(feed, lane, position, heads));
      if (given) perLane[lane] = given;
      this.#runtime.metrics.recoveries.inc({ lane, recovered: String(missed !== null) });
    }
    // Without positions a viewer gets the last messages; with some it gets them for the other lanes when it asks to.
    const wanted = request.history ?? (request.positions ? 0 : defaultHistory);
    const fresh = streamLanes.filter((lane) => perLane[lane] === undefined);
    Object.assign(perLane, await this.#last(feed, fresh, wanted, heads));
    return { positions: positionsOf(heads), recovered, msgs: streamLanes.flatMap((lane) => perLane[lane] ?? []) };
  }

  /** All that came after the position, or null when not all of it can be had. */
  async #missed(feed: RoomFeed, lane: StreamLane, position: Position, heads: Heads): Promise<readonly Msg[] | null> {
    const upTo = heads.offsets[lane];
    const count = upTo - position.offset;
    if (position.epoch !== heads.epoch || count < 0 || count > limits.recovery) return null;
    return feed.replay.since(lane, position.offset, upTo) ?? (await this.#warmed(feed, lane, heads)).since(lane, position.offset, upTo);
  }

  /**
   * Of a guaranteed lane whose position is of another epoch, or beyond the heads: what there is since the epochs parted, so that what
   * was accepted after the store went back arrives. Null where the last messages will do.
   */
  async #sinceFork(feed: RoomFeed, lane: StreamLane, position: Position, heads: Heads): Promise<readonly Msg[] | null> {
    const head = heads.offsets[lane];
    if (!lanes[lane].guaranteed || (position.epoch === heads.epoch && position.offset <= head)) return null;
    const after = Math.max(head - limits.recovery, goesOnAfter(heads, lane, position.epoch, position.offset));
    return feed.replay.since(lane, after, head) ?? (await this.#warmed(feed, lane, heads)).newest(lane, head, head - after);
  }

  /** The newest `wanted` messages of the lanes; control and gift may take half of them, chat gets the rest. */
  async #last(feed: RoomFeed, wantedLanes: readonly StreamLane[], wanted: number, heads: Heads): Promise<Partial<Record<StreamLane, readonly Msg[]>>> {
    const result: Partial<Record<StreamLane, readonly Msg[]>> = {};
    let left = wanted;
    let paid = Math.ceil(wanted / 2);
    for (const lane of wantedLanes) {
      const head = heads.offsets[lane];
      const limit = Math.min(lane === 'chat' ? left : paid, head);
      if (limit === 0) continue;
      const msgs = feed.replay.since(lane, head - limit, head) ?? (await this.#warmed(feed, lane, heads)).newest(lane, head, limit);
      result[lane] = msgs;
      left -= msgs.length;
      paid -= msgs.length;
    }
    return result;
  }

  /** The feed's ring with what the store has of the lane before the ring's frames; one read for all who ask meanwhile. */
  async #warmed(feed: RoomFeed, lane: StreamLane, { epoch, offsets }: Heads): Promise<RoomFeed['replay']> {
    if (feed.replay.isWarm(lane, offsets[lane])) return feed.replay;
    const key = `${feed.room} ${lane}`;
    const warming = this.#warming.get(key) ?? this.#warm(feed, lane, epoch).finally(() => this.#warming.delete(key));
    this.#warming.set(key, warming);
    await warming;
    return feed.replay;
  }

  async #warm(feed: RoomFeed, lane: StreamLane, epoch: string): Promise<void> {
    this.#runtime.metrics.ringReads.inc({ lane });
    const last = (feed.replay.firstOffset(lane) ?? feed.heads.offsets[lane] + 1) - 1;
    const texts = await this.#bus.streams.since(feed.room, lane, Math.max(0, last - limits.recovery), last, limits.recovery);
    if (feed.heads.epoch !== epoch) return;
    feed.replay.setBase(lane, last, feed.withoutRecalled(texts.map((text) => parseJson(text) as Msg)), this.#runtime.clock.now());
  }
}
