// Tracks the ended epochs of a room, and finds the offset at which a feed continues in a new epoch. After Redis lost recent writes, the new
// epoch continues the old one from the last message that survived. If epoch B continues epoch A after offset 5, a feed at offset 10 of A
// continues at 5 of B, and a feed at 3 of A continues at 3 of B and reads 4 and 5 there. If nothing survived, the new epoch is read from its
// first message.
import { claimOf, type FrameHead, goesOnAfter, type Heads, type HeadsClaim } from '@danmux/bus';
import { type Positions, type StreamLane, streamLanes } from '@danmux/protocol';

/** Cap of remembered ended epochs. */
const remembered = 8;

export class FeedEpochs {
  #ended: readonly string[] = [];

  ended(epoch: string): boolean {
    return this.#ended.includes(epoch);
  }

  end(epoch: string): void {
    if (!this.ended(epoch)) this.#ended = [...this.#ended, epoch].slice(-remembered);
  }

  /** True when these heads or this feed list the epoch as ended. */
  knows({ forks = [] }: Heads, epoch: string): boolean {
    return this.ended(epoch) || forks.some((fork) => fork.epoch === epoch);
  }

  /** True when a position is beyond these heads, or in an epoch unknown to both the heads and this feed. */
  isBeyond(positions: Positions, heads: Heads): boolean {
    return streamLanes.some((lane) => {
      const position = positions[lane];
      return position !== undefined && (position.epoch === heads.epoch ? position.offset > heads.offsets[lane] : !this.knows(heads, position.epoch));
    });
  }

  claim(known: Heads): HeadsClaim {
    return claimOf(known, this.#ended);
  }

  /** The heads at which a feed continues in the epoch of `heads`. `before` are the feed's heads in the old epoch. */
  begin(heads: Heads, before: Heads): Heads {
    const at = streamLanes.map((lane): [StreamLane, number] => [lane, goesOnAfter(heads, lane, before.epoch, before.offsets[lane])]);
    return { ...heads, offsets: Object.fromEntries(at) as Heads['offsets'] };
  }

  /** True when all messages of the frame survived into the epoch of these heads. */
  survives({ epoch, ranges }: FrameHead, heads: Heads): boolean {
    return streamLanes.every((lane) => {
      const last = ranges[lane]?.[1] ?? 0;
      return heads.forks?.some((fork) => fork.epoch === epoch) === true && last <= goesOnAfter(heads, lane, epoch, last);
    });
  }
}

/** True when both have the same epoch and some lane of `heads` is behind `other`. */
export function isBehind(heads: Heads, other: Heads): boolean {
  return heads.epoch === other.epoch && streamLanes.some((lane) => heads.offsets[lane] < other.offsets[lane]);
}

/** The messages missing between these heads and a frame of the same epoch: per lane, the last missing offset. */
export function holesBefore(head: FrameHead, { offsets }: Heads): { lane: StreamLane; upTo: number }[] {
  return streamLanes.flatMap((lane) => {
    const first = head.ranges[lane]?.[0] ?? 0;
    return first > offsets[lane] + 1 ? [{ lane, upTo: first - 1 }] : [];
  });
}
