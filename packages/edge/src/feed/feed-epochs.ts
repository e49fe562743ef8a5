// The epochs of a feed's room: which have ended, what the feed claims by them, and where a new one is taken up. When a store went back
// the new epoch continues the old one up to what survived: a feed that was at 10 of A goes on at 5 of B, when 5 survived; one that was
// at 3 of A reads 4 and 5 first. An epoch that began with nothing is read from its first message.
import { claimOf, type FrameHead, goesOnAfter, type Heads, type HeadsClaim } from '@danmux/bus';
import { type Positions, type StreamLane, streamLanes } from '@danmux/protocol';

/** Epochs remembered, at most. */
const remembered = 8;

export class FeedEpochs {
  #ended: readonly string[] = [];

  ended(epoch: string): boolean {
    return this.#ended.includes(epoch);
  }

  end(epoch: string): void {
    if (!this.ended(epoch)) this.#ended = [...this.#ended, epoch].slice(-remembered);
  }

  /** True of an epoch that ended, as far as these heads or this feed know. */
  knows({ forks = [] }: Heads, epoch: string): boolean {
    return this.ended(epoch) || forks.some((fork) => fork.epoch === epoch);
  }

  /** True when a position is further than these heads, or in an epoch that neither they nor this feed know. */
  isBeyond(positions: Positions, heads: Heads): boolean {
    return streamLanes.some((lane) => {
      const position = positions[lane];
      return position !== undefined && (position.epoch === heads.epoch ? position.offset > heads.offsets[lane] : !this.knows(heads, position.epoch));
    });
  }

  claim(known: Heads): HeadsClaim {
    return claimOf(known, this.#ended);
  }

  /** Where a feed that was at `before` takes up the epoch of these heads. */
  begin(heads: Heads, before: Heads): Heads {
    const at = streamLanes.map((lane): [StreamLane, number] => [lane, goesOnAfter(heads, lane, before.epoch, before.offsets[lane])]);
    return { ...heads, offsets: Object.fromEntries(at) as Heads['offsets'] };
  }

  /** True when all of the frame is in the streams under these heads. */
  survives({ epoch, ranges }: FrameHead, heads: Heads): boolean {
    return streamLanes.every((lane) => {
      const last = ranges[lane]?.[1] ?? 0;
      return heads.forks?.some((fork) => fork.epoch === epoch) === true && last <= goesOnAfter(heads, lane, epoch, last);
    });
  }
}

/** True when some lane of the same epoch is not as far. */
export function isBehind(heads: Heads, other: Heads): boolean {
  return heads.epoch === other.epoch && streamLanes.some((lane) => heads.offsets[lane] < other.offsets[lane]);
}

/** What is missing between these heads and a frame of the same epoch: lanes, each up to an offset. */
export function holesBefore(head: FrameHead, { offsets }: Heads): { lane: StreamLane; upTo: number }[] {
  return streamLanes.flatMap((lane) => {
    const first = head.ranges[lane]?.[0] ?? 0;
    return first > offsets[lane] + 1 ? [{ lane, upTo: first - 1 }] : [];
  });
}
