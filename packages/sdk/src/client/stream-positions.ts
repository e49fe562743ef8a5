// A viewer's position (epoch and offset) in each stream lane of one room. Decides whether a message is the next one, a repeat, or follows a gap
// that must be recovered. It sends no request; the room joins again with these positions.
import { isStreamLane, lanes, type Msg, type Position, type Positions, type StreamLane } from '@danmux/protocol';

export class StreamPositions {
  readonly #personal: boolean;
  #values: Partial<Record<StreamLane, Position>> = {};

  /**
   * `personal`: the room of a user's personal messages. They share a stream with other users' messages, so skipped offsets are normal and only the
   * edge can detect a loss.
   */
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
   * `next`: the position moves to this message. `repeat`: the message was received before. `gap`: messages of a guaranteed lane are missing before
   * this one; the position stays, so that a join with it recovers the missing ones and this one.
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

  /** Moves to the start of a new epoch. Does nothing when the position is already in this epoch, for example after a faster join reply. */
  startEpoch(lane: StreamLane, position: Position): void {
    if (this.#values[lane]?.epoch !== position.epoch) this.#values[lane] = position;
  }

  /** Continues at the server's position. Returns the number of skipped messages (0 when it is unknown), or null when there was no position before. */
  reset(lane: StreamLane, to: Position): number | null {
    const before = this.#values[lane];
    this.#values[lane] = to;
    if (!before) return null;
    return before.epoch === to.epoch && !this.#personal ? Math.max(0, to.offset - before.offset) : 0;
  }

  /**
   * In the personal room, moves to the positions of a join reply. Messages of other users precede these positions; the next join does not scan these
   * messages again.
   */
  skipTo(positions: Positions): void {
    if (this.#personal) this.#values = { ...this.#values, ...positions };
  }
}
