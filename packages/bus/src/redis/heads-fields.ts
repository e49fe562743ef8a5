// Decodes a room's heads from a script's answer: the epoch, and the offsets in the order of the stream lanes, after which other values may follow.
import { byStreamLane } from '@danmux/protocol';
import type { Heads } from '../contract/streams.ts';
import { forksOf } from '../lineage.ts';

export function headsOf(epoch: string, offsets: readonly (number | string | null | undefined)[], forks?: string | null): Heads {
  return {
    epoch,
    offsets: byStreamLane((_, index) => Number(offsets[index] ?? 0)),
    ...(forks ? { forks: forksOf(forks) } : {}),
  };
}
