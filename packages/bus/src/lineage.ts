// The history of a room's epochs. When a store loses its last writes (restored from a backup, promoted replica), the room keeps the
// surviving messages and begins a new epoch: a fork. `forks` lists the earlier epochs and the offset up to which each survived, like the
// timelines of PostgreSQL. A reader with a position in an older epoch finds there up to which offset its messages are still in the history.
//
// Worked example: epoch A reaches gift offset 10, the store restarts with 5: epoch B begins, forks [{A, gift 5}], and counts on from 6.
// A reader at (A, 10) or (A, 5) continues after offset 5, a reader at (A, 3) after 3, and a reader at (X, 7), an unknown epoch, after 5.
import { type StreamLane, streamLanes } from '@danmux/protocol';
import type { Fork, Heads, HeadsClaim } from './contract/streams.ts';

/** Largest number of earlier epochs in `forks`. */
const remembered = 8;

/** The offset after which a reader with the position (`epoch`, `offset`) must read to miss nothing under these heads. */
export function goesOnAfter(heads: Heads, lane: StreamLane, epoch: string, offset: number): number {
  const { forks = [] } = heads;
  if (epoch === heads.epoch && offset <= heads.offsets[lane]) return offset;
  const at = forks.findIndex((fork) => fork.epoch === epoch);
  if (at < 0) return forks[0]?.offsets[lane] ?? 0;
  // Each later fork may have lost messages that survived the fork before it.
  return Math.min(offset, ...forks.slice(0, at + 1).map(({ offsets }) => offsets[lane]));
}

/** The claim of a process whose last seen heads are `known` and that has seen the `ended` epochs end. */
export function claimOf(known: Heads | undefined, ended: readonly string[]): HeadsClaim {
  const before = known?.forks?.map(({ epoch }) => epoch) ?? [];
  return { ...(known ? { known } : {}), ended: [...new Set([...ended, ...before])].slice(-remembered) };
}

/** The `forks` of a new epoch that continues the given heads: their epoch first, then its own forks. */
export function forkOf({ epoch, offsets, forks = [] }: Heads): readonly Fork[] {
  return [{ epoch, offsets }, ...forks].slice(0, remembered);
}

/** Parses `EPOCH CONTROL GIFT CHAT,…`, the form in which streams-heads.lua stores forks. */
export function forksOf(text: string): readonly Fork[] {
  return text.split(',').map((fork) => {
    const [epoch = '', ...offsets] = fork.split(' ');
    return { epoch, offsets: Object.fromEntries(streamLanes.map((lane, index) => [lane, Number(offsets[index] ?? 0)])) as Fork['offsets'] };
  });
}
