// Finds the messages for a joining viewer: those missed since its positions, or the room's last messages. Ends at the feed's heads, so replay
// and live frames meet without gap or duplicate. Reads the feed's replay buffer first; a read of older messages from Redis is shared by all
// viewers that join meanwhile.
import { type Bus, goesOnAfter, type Heads, positionsOf } from '@danmux/bus';
import { type JoinReply, type JoinRequest, lanes, limits, type Msg, type Position, type StreamLane, streamLanes } from '@danmux/protocol';
import { parseJson, type Runtime } from '@danmux/runtime';
import { isVisible, newcomerMessages } from './newcomer-messages.ts';
import type { RoomFeed } from './room-feed.ts';

/** Number of messages for a join request that has neither `positions` nor `history`. */
const defaultHistory = 50;

export type Recovered = Pick<JoinReply, 'positions' | 'recovered' | 'msgs'>;

export class Recovery {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  /** Pending reads from Redis. Keyed by feed, because a room that became empty gets a new feed with an empty buffer at the next join. */
  readonly #warming = new WeakMap<RoomFeed, Map<StreamLane, Promise<void>>>();

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** `heads` are the heads of the feed at the time when the session began to hold back frames. */
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
    // A request without positions gets the last messages of all lanes. A request with positions gets last messages only if it sets `history`, and
    // only of lanes without a position or whose missed messages are not available.
    const wanted = request.history ?? (request.positions ? 0 : defaultHistory);
    const fresh = streamLanes.filter((lane) => perLane[lane] === undefined);
    Object.assign(perLane, await this.#last(feed, fresh, wanted, heads));
    return { positions: positionsOf(heads), recovered, msgs: streamLanes.flatMap((lane) => perLane[lane] ?? []) };
  }

  /** All messages after the position, or null when some are no longer available. */
  async #missed(feed: RoomFeed, lane: StreamLane, position: Position, heads: Heads): Promise<readonly Msg[] | null> {
    const upTo = heads.offsets[lane];
    const count = upTo - position.offset;
    if (position.epoch !== heads.epoch || count < 0 || count > limits.recovery) return null;
    return feed.replay.since(lane, position.offset, upTo) ?? (await this.#warmed(feed, lane, heads)).since(lane, position.offset, upTo);
  }

  /**
   * For a guaranteed lane whose position is in another epoch or beyond the heads: the messages since the epochs diverged, `limits.recovery` at most.
   * The viewer thus gets messages that were accepted after Redis lost writes. Null in all other cases; the lane then gets its last messages.
   */
  async #sinceFork(feed: RoomFeed, lane: StreamLane, position: Position, heads: Heads): Promise<readonly Msg[] | null> {
    const head = heads.offsets[lane];
    if (!lanes[lane].guaranteed || (position.epoch === heads.epoch && position.offset <= head)) return null;
    const after = Math.max(head - limits.recovery, goesOnAfter(heads, lane, position.epoch, position.offset));
    return feed.replay.since(lane, after, head) ?? (await this.#warmed(feed, lane, heads)).newest(lane, head, head - after);
  }

  /** The visible messages of the lanes that a newcomer sees first, at most `wanted` in all. */
  async #last(feed: RoomFeed, wantedLanes: readonly StreamLane[], wanted: number, heads: Heads): Promise<Partial<Record<StreamLane, readonly Msg[]>>> {
    if (wanted === 0) return {};
    const newest: Partial<Record<StreamLane, readonly Msg[]>> = {};
    for (const lane of wantedLanes) {
      // Tombstones, recalls and changes of room state do not count towards `wanted`, so a whole history page is read when there are any. A guaranteed
      // lane always reads a whole page.
      const first = await this.#newest(feed, lane, lanes[lane].guaranteed ? limits.historyPage : wanted, heads);
      newest[lane] = first.every(isVisible) ? first : await this.#newest(feed, lane, limits.historyPage, heads);
    }
    return newcomerMessages(newest, wanted, this.#runtime.clock.now());
  }

  async #newest(feed: RoomFeed, lane: StreamLane, most: number, heads: Heads): Promise<readonly Msg[]> {
    const head = heads.offsets[lane];
    const limit = Math.min(most, head);
    if (limit === 0) return [];
    return feed.replay.since(lane, head - limit, head) ?? (await this.#warmed(feed, lane, heads)).newest(lane, head, limit);
  }

  /** The feed's replay buffer, extended with older messages of the lane from Redis; concurrent calls share one read. */
  async #warmed(feed: RoomFeed, lane: StreamLane, { epoch, offsets }: Heads): Promise<RoomFeed['replay']> {
    if (feed.replay.isWarm(lane, offsets[lane])) return feed.replay;
    const lanesOf = this.#warming.get(feed) ?? new Map<StreamLane, Promise<void>>();
    this.#warming.set(feed, lanesOf);
    const warming = lanesOf.get(lane) ?? this.#warm(feed, lane, epoch).finally(() => lanesOf.delete(lane));
    lanesOf.set(lane, warming);
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
