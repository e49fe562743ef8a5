// Repeats the recent recalls of a room when it continues in a new epoch, because a Redis that lost writes may have restored the recalled
// messages.
import type { Bus } from '@danmux/bus';
import type { RecentRecalls } from '../frame/recalls.ts';

/** Call after `RecentRecalls.beginEpoch`: the bulk recalls have positions of the new epoch. */
export async function repeatRecalls({ streams }: Pick<Bus, 'streams'>, room: string, { ids, bulk }: Pick<RecentRecalls, 'ids' | 'bulk'>): Promise<void> {
  for (const id of ids) await streams.recall(room, id);
  for (const recall of bulk) await streams.recallAll(room, recall);
}
