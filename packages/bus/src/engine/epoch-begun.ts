// Says that a room began a new epoch, and why. It counts each; of the log lines the first of a reason is written and the others are
// counted, since a store that went back has put back every room it holds.
import type { Runtime } from '@danmux/runtime';

/** `lost`: its heads were gone; `went_back`: they were behind what a process had seen; `returned`: of an epoch that had ended; `unproven`: the store restarted or failed over. */
export type EpochReason = 'lost' | 'went_back' | 'returned' | 'unproven';

export function epochBegun({ metrics, counted }: Pick<Runtime, 'metrics' | 'counted'>, room: string, reason: EpochReason): void {
  metrics.epochs.inc({ reason });
  counted.warn({ reason, room }, 'the history of a room in the store is not what it was: it begins a new epoch', { per: reason });
}
