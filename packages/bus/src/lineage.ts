// Where epochs come from. A store whose heads went back (restored from an older state, a replica that lacked the last writes) keeps
// what survived, and goes on under a new epoch: a fork. Its `forks` say which epochs it continues and how far each of them survived,
// as the timelines of PostgreSQL do; from them a reader of an older epoch learns how much of what it has is still the room's history.
//
// Worked example: epoch A reaches gift offset 10, the store restarts with 5: epoch B begins, forks [{A, gift 5}], and counts on from 6.
// Who was at (A, 10) or (A, 5) goes on after 5, who was at (A, 3) after 3; who was at (X, 7), of which nothing is known, after 5.
import { type StreamLane, streamLanes } from '@danmux/protocol';
import type { Fork, Heads, HeadsClaim } from './contract/streams.ts';

/** Epochs remembered in a line, at most. */
const remembered = 8;

/** The offset after which a reader that was at `offset` of `epoch` may have missed something under these heads. */
export function goesOnAfter(heads: Heads, lane: StreamLane, epoch: string, offset: number): number {
  const { forks = [] } = heads;
  if (epoch === heads.epoch && offset <= heads.offsets[lane]) return offset;
  const at = forks.findIndex((fork) => fork.epoch === epoch);
  if (at < 0) return forks[0]?.offsets[lane] ?? 0;
  // Each later fork may have lost some of what the one before had kept.
  return Math.min(offset, ...forks.slice(0, at + 1).map(({ offsets }) => offsets[lane]));
}

/** The claim of a process that was at `known` and has seen these epochs end. */
export function claimOf(known: Heads | undefined, ended: readonly string[]): HeadsClaim {
  const before = known?.forks?.map(({ epoch }) => epoch) ?? [];
  return { ...(known ? { known } : {}), ended: [...new Set([...ended, ...before])].slice(-remembered) };
}

/** The line of an epoch that continues another, which survived up to these offsets. */
export function forkOf({ epoch, offsets, forks = [] }: Heads): readonly Fork[] {
  return [{ epoch, offsets }, ...forks].slice(0, remembered);
}

/** Of the text in which the scripts keep a line. */
export function forksOf(text: string): readonly Fork[] {
  return text.split(',').map((fork) => {
    const [epoch = '', ...offsets] = fork.split(' ');
    return { epoch, offsets: Object.fromEntries(streamLanes.map((lane, index) => [lane, Number(offsets[index] ?? 0)])) as Fork['offsets'] };
  });
}
