// The frames of one room that a session holds back until the join of the room is answered. A repeated join also keeps the former state of the
// room: a join that succeeds replaces it, because the reply has those messages, and a join that fails continues from it, so nothing is lost.
import type { Positions } from '@danmux/protocol';
import type { Recalled } from '../frame/recalls.ts';
import type { Backlog } from './backlog.ts';
import type { EncodedFrame } from './encoded-frame.ts';

/** What an earlier join of the room has not written yet. */
export interface FormerJoin {
  /** The messages that did not fit into its reply. */
  readonly backlog: Backlog | undefined;
  /** Its frames, which follow after the backlog. */
  readonly frames: readonly EncodedFrame[];
  /** Its positions of another epoch. */
  readonly positions: Positions | undefined;
}

export class HeldFrames {
  #former: FormerJoin;
  #frames: EncodedFrame[] = [];
  #bytes = 0;

  constructor(former: FormerJoin) {
    this.#former = former;
  }

  get frames(): readonly EncodedFrame[] {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(encoded: EncodedFrame): void {
    this.#frames.push(encoded);
    this.#bytes += encoded.bytes;
  }

  /** Adds a frame from before the repeated join, whose messages are in its reply. It does not count in `bytes`, because all viewers of the room share it. */
  addFormer(encoded: EncodedFrame): void {
    this.#former = { ...this.#former, frames: [...this.#former.frames, encoded] };
  }

  /** Drops the state of the former join and returns its frames. */
  replaceFormer(): readonly EncodedFrame[] {
    const { frames } = this.#former;
    this.#former = { backlog: undefined, frames: [], positions: undefined };
    return frames;
  }

  /** Continues from the former join: its frames come first again. Returns its backlog and positions. */
  restoreFormer(): Pick<FormerJoin, 'backlog' | 'positions'> {
    const { backlog, frames, positions } = this.#former;
    this.replaceFormer();
    this.#frames = [...frames, ...this.#frames];
    this.#bytes = this.#frames.reduce((sum, { bytes }) => sum + bytes, 0);
    return { backlog, positions };
  }

  /** Replaces recalled messages with tombstones. */
  recall(recalled: Recalled): void {
    const without = (encoded: EncodedFrame) => encoded.without(recalled);
    this.#frames = this.#frames.map(without);
    this.#former.backlog?.recall(recalled);
    this.#former = { ...this.#former, frames: this.#former.frames.map(without) };
  }
}
