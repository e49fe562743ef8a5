// Repeats the recent recalls of a room when it continues in a new epoch, because a Redis that lost writes may have restored the recalled
// messages.
import { type Bus, goesOnAfter, type Heads } from '@danmux/bus';
import type { BulkRecall, Position, Positions, StreamLane } from '@danmux/protocol';
import type { RecentRecalls } from '../frame/recalls.ts';

export async function repeatRecalls(
  { streams }: Pick<Bus, 'streams'>,
  room: string,
  { ids, bulk }: Pick<RecentRecalls, 'ids' | 'bulk'>,
  heads: Heads,
): Promise<void> {
  for (const id of ids) await streams.recall(room, id);
  for (const recall of bulk) await streams.recallAll(room, { ...recall, positions: surviving(recall, heads) });
}

/** Maps the positions of a bulk recall to the new epoch, so that it does not cover new messages that got the same offsets there. */
function surviving({ positions }: BulkRecall, heads: Heads): Positions {
  const all = Object.entries(positions) as [StreamLane, Position][];
  return Object.fromEntries(all.map(([lane, { epoch, offset }]) => [lane, { epoch: heads.epoch, offset: goesOnAfter(heads, lane, epoch, offset) }]));
}
