// The history of a room's epochs. When a store loses its last writes (restored from a backup, promoted replica), the room keeps the surviving
// messages and begins a new epoch: a fork. `forks` lists the earlier epochs and the offset up to which each survived, like the timelines of
// PostgreSQL. From `forks`, a reader with a position in an older epoch knows up to which offset the messages of that epoch still exist.
//
// Worked example: epoch A reaches gift offset 10, and the store restarts with the messages up to offset 5. Epoch B begins with forks [{A, gift 5}],
// and its next offset is 6. A reader at (A, 10) or (A, 5) continues after offset 5, a reader at (A, 3) after 3, and a reader at (X, 7), an unknown
// epoch, after 5.
import { byStreamLane, type StreamLane } from '@danmux/protocol';
import type { Fork, Heads, HeadsClaim } from './contract/streams.ts';

/** Largest number of earlier epochs in `forks`. */
const remembered = 8;

/** Returns the offset after which a reader at the position (`epoch`, `offset`) must continue so that it misses no message up to these heads. */
export function goesOnAfter(heads: Heads, lane: StreamLane, epoch: string, offset: number): number {
  const { forks = [] } = heads;
  if (epoch === heads.epoch && offset <= heads.offsets[lane]) return offset;
  const at = forks.findIndex((fork) => fork.epoch === epoch);
  if (at < 0) return forks[0]?.offsets[lane] ?? 0;
  // Each later fork may have lost messages that survived the fork before it.
  return Math.min(offset, ...forks.slice(0, at + 1).map(({ offsets }) => offsets[lane]));
}

/** The claim that a process sends when it reads heads: the heads it saw last (`known`), and the epochs that it has seen end. */
export function claimOf(known: Heads | undefined, ended: readonly string[]): HeadsClaim {
  const before = known?.forks?.map(({ epoch }) => epoch) ?? [];
  return { ...(known ? { known } : {}), ended: [...new Set([...ended, ...before])].slice(-remembered) };
}

/** The `forks` of a new epoch that continues the given heads: the epoch of the heads first, then their forks. */
export function forkOf({ epoch, offsets, forks = [] }: Heads): readonly Fork[] {
  return [{ epoch, offsets }, ...forks].slice(0, remembered);
}

/** Parses `EPOCH CONTROL GIFT CHAT,…`, the form in which streams-heads.lua stores forks. */
export function forksOf(text: string): readonly Fork[] {
  return text.split(',').map((fork) => {
    const [epoch = '', ...offsets] = fork.split(' ');
    return { epoch, offsets: byStreamLane((_, index) => Number(offsets[index] ?? 0)) };
  });
}
