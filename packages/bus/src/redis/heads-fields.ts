// Decodes a room's heads from a script's answer: the epoch, then the offsets in the order of the stream lanes.
import { streamLanes } from '@danmux/protocol';
import type { Heads } from '../contract/streams.ts';
import { forksOf } from '../lineage.ts';

export function headsOf(epoch: string, offsets: readonly (number | string | null | undefined)[], forks?: string | null): Heads {
  return {
    epoch,
    offsets: Object.fromEntries(streamLanes.map((lane, index) => [lane, Number(offsets[index] ?? 0)])) as Heads['offsets'],
    ...(forks ? { forks: forksOf(forks) } : {}),
  };
}
