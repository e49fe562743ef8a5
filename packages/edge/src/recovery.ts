// What a joining viewer is given: what it missed since its positions, or the room's last messages. Bounded by what the feed
// has passed on, so that replay and live frames meet without a hole and without a double. Equal questions asked at once
// (a crowd coming back) are one read.
import { type Bus, type Heads, positionsOf } from '@danmux/bus';
import { type JoinReply, type JoinRequest, limits, type StreamLane, streamLanes } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';

/** Messages a viewer without positions gets when it does not say how many. */
const defaultHistory = 50;
/** An answer serves the viewers that ask the same within so long. */
const rememberedMs = 500;
const rememberedAnswers = 200;

export interface Recovered {
  readonly positions: JoinReply['positions'];
  readonly recovered: JoinReply['recovered'];
  /** JSON of the messages, in lane order. */
  readonly msgs: readonly string[];
}

export class Recovery {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #reads = new Map<string, Promise<readonly string[]>>();

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  async recover(request: JoinRequest, heads: Heads): Promise<Recovered> {
    const { room, positions = {} } = request;
    const recovered: Partial<Record<StreamLane, boolean>> = {};
    const perLane: Partial<Record<StreamLane, readonly string[]>> = {};
    for (const lane of streamLanes) {
      const position = positions[lane];
      if (!position) continue;
      const missed = await this.#missed(room, lane, position, heads);
      recovered[lane] = missed !== null;
      if (missed) perLane[lane] = missed;
      this.#runtime.metrics.recoveries.inc({ lane, recovered: String(missed !== null) });
    }
    // Without positions a viewer gets the last messages; with some it gets them for the other lanes when it asks to.
    const wanted = request.history ?? (request.positions ? 0 : defaultHistory);
    const fresh = streamLanes.filter((lane) => perLane[lane] === undefined);
    Object.assign(perLane, await this.#last(room, fresh, wanted, heads));
    return { positions: positionsOf(heads), recovered, msgs: streamLanes.flatMap((lane) => perLane[lane] ?? []) };
  }

  /** All that came after the position, or null when not all of it can be had. */
  async #missed(room: string, lane: StreamLane, position: { epoch: string; offset: number }, heads: Heads): Promise<readonly string[] | null> {
    const count = heads.offsets[lane] - position.offset;
    if (position.epoch !== heads.epoch || count < 0 || count > limits.recovery) return null;
    if (count === 0) return [];
    const msgs = await this.#once(`since ${room} ${lane} ${position.offset} ${heads.offsets[lane]}`, () =>
      this.#bus.since(room, lane, position.offset, heads.offsets[lane], count),
    );
    return msgs.length === count ? msgs : null;
  }

  /** The newest `wanted` messages of the lanes; control and gift may take half of them, chat gets the rest. */
  async #last(room: string, wantedLanes: readonly StreamLane[], wanted: number, heads: Heads): Promise<Partial<Record<StreamLane, readonly string[]>>> {
    const result: Partial<Record<StreamLane, readonly string[]>> = {};
    let left = wanted;
    let paid = Math.ceil(wanted / 2);
    for (const lane of wantedLanes) {
      const limit = Math.min(lane === 'chat' ? left : paid, heads.offsets[lane]);
      if (limit === 0) continue;
      const before = heads.offsets[lane] + 1;
      const msgs = await this.#once(`last ${room} ${lane} ${before} ${limit}`, async () => (await this.#bus.history(room, lane, before, limit)).msgs);
      result[lane] = msgs;
      left -= msgs.length;
      paid -= msgs.length;
    }
    return result;
  }

  /** The answer to a question asked now or a moment ago: offsets are bounds, so it does not change meanwhile. */
  #once(question: string, ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const asked = this.#reads.get(question);
    if (asked) return asked;
    const answer = ask();
    if (this.#reads.size >= rememberedAnswers) this.#forgetOldest();
    this.#reads.set(question, answer);
    const forget = () => {
      if (this.#reads.get(question) === answer) this.#reads.delete(question);
    };
    answer.then(() => setTimeout(forget, rememberedMs).unref(), forget);
    return answer;
  }

  #forgetOldest(): void {
    const [oldest] = this.#reads.keys();
    if (oldest !== undefined) this.#reads.delete(oldest);
  }
}
