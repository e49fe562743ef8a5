// The messages of one room that were committed lately, with the times of their acceptance. A bulk recall may be committed after messages that were
// accepted later than the recall; this file finds the positions that leave them out. It recalls nothing.
import { acceptedAt, type Heads, type Pending } from '@danmux/bus';
import { byStreamLane, isStreamLane, type Positions, type RecallScope, recallLanes, type StreamLane } from '@danmux/protocol';
import type { Waiting } from './combos.ts';

/** Remembered messages per lane, the newest ones. Up to twice as many are kept, so that a commit seldom moves them. */
const remembered = 500;

interface Committed {
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
}

export class LateMessages {
  #epoch = '';
  #lanes = byStreamLane((): Committed[] => []);

  /** Call after a commit; `heads` are those after it. */
  committed(lane: string, publications: readonly Waiting[], { epoch, offsets }: Heads): void {
    if (!isStreamLane(lane)) return;
    this.#begin(epoch);
    const committed = this.#lanes[lane];
    let offset = offsets[lane] - publications.length;
    for (const publication of publications) committed.push({ offset: ++offset, acceptedAt: acceptedAt(publication) });
    if (committed.length > 2 * remembered) committed.splice(0, committed.length - remembered);
  }

  /**
   * The positions up to which a bulk recall covers messages, at the heads before its commit: at least those known at its acceptance (`known`), and
   * beyond them the messages that were accepted before it. Where the acceptance times are not known, it covers nothing beyond `known`.
   */
  recallPositions(recall: Pick<Pending, 'body'>, scope: RecallScope, known: Positions, { epoch, offsets }: Heads): Positions {
    this.#begin(epoch);
    const at = acceptedAt(recall);
    const upTo = (lane: StreamLane): number => {
      const position = known[lane];
      // A publisher that states no position of this epoch recalls everything before its recall.
      const least = position?.epoch === epoch ? Math.min(position.offset, offsets[lane]) : undefined;
      const unknown = (this.#lanes[lane][0]?.offset ?? offsets[lane] + 1) - 1;
      if (least !== undefined && unknown > least) return least;
      const late = this.#lanes[lane].find((committed) => committed.offset > (least ?? 0) && committed.acceptedAt > at);
      return late ? late.offset - 1 : offsets[lane];
    };
    return Object.fromEntries(recallLanes(scope).map((lane) => [lane, { epoch, offset: upTo(lane) }]));
  }

  #begin(epoch: string): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#lanes = byStreamLane(() => []);
  }
}
