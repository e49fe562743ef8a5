// A viewer's position in each stream lane of one room: decides whether a message is the next one, a repeat, or follows a gap that must
// be recovered. It sends no request; the room joins again with these positions.
import { isStreamLane, lanes, type Msg, type Position, type Positions, type StreamLane } from '@danmux/protocol';

export class StreamPositions {
  readonly #personal: boolean;
  #values: Partial<Record<StreamLane, Position>> = {};

  /** `personal`: the room of a user's personal messages. They share a stream with other users' messages, so gaps in it are normal and only the edge can tell. */
  constructor(personal: boolean) {
    this.#personal = personal;
  }

  get values(): Positions {
    return this.#values;
  }

  get empty(): boolean {
    return Object.keys(this.#values).length === 0;
  }

  /**
   * `next`: the position moves to this message. `repeat`: the viewer has it. `gap`: messages of a guaranteed lane are missing before it;
   * the position stays, so that a join with it recovers them and this one.
   */
  advance({ lane, offset }: Msg): 'next' | 'repeat' | 'gap' {
    if (!isStreamLane(lane) || offset === undefined) return 'next';
    const position = this.#values[lane];
    if (!position) return 'next';
    if (offset <= position.offset) return 'repeat';
    if (offset > position.offset + 1 && lanes[lane].guaranteed && !this.#personal) return 'gap';
    this.#values[lane] = { epoch: position.epoch, offset };
    return 'next';
  }

  /** A new epoch begins at this position. A viewer that joined in the new epoch keeps its own. */
  startEpoch(lane: StreamLane, position: Position): void {
    if (this.#values[lane]?.epoch !== position.epoch) this.#values[lane] = position;
  }

  /** Continues at the server's position; returns how many messages that skips, or null when there was no position before. */
  reset(lane: StreamLane, to: Position): number | null {
    const before = this.#values[lane];
    this.#values[lane] = to;
    if (!before) return null;
    return before.epoch === to.epoch && !this.#personal ? Math.max(0, to.offset - before.offset) : 0;
  }

  /** After a join of the personal room: other users' messages before these positions need no second look. */
  skipTo(positions: Positions): void {
    if (this.#personal) this.#values = { ...this.#values, ...positions };
  }
}
