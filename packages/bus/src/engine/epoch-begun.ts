// Counts and logs a new epoch of a room with its reason. The log gets one line per reason and time window, because after a store is restored
// from an older state every room begins a new epoch.
import type { Runtime } from '@danmux/runtime';

/**
 * `lost`: the store has no heads of the room. `went_back`: the stored heads are behind heads that a process has seen. `returned`: the stored
 * epoch is one that had ended. `unproven`: the store restarted or failed over and may have lost acknowledged writes.
 */
export type EpochReason = 'lost' | 'went_back' | 'returned' | 'unproven';

export function epochBegun({ metrics, counted }: Pick<Runtime, 'metrics' | 'counted'>, room: string, reason: EpochReason): void {
  metrics.epochs.inc({ reason });
  counted.warn({ reason, room }, 'room history in the store was lost or reverted; the room begins a new epoch', { per: reason });
}
