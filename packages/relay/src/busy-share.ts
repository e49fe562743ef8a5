// The load of a relay: the share of the time in which its event loop was busy. It is low on a relay without traffic, even if it owns all shards.
import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** The time that an event loop was busy and idle since it started, milliseconds. */
type LoopTimes = Pick<EventLoopUtilization, 'active' | 'idle'>;

/** Returns a function that returns the share since its previous call, from 0 to 1. `read` is replaced in tests. */
export function busyShare(read: () => LoopTimes = () => performance.eventLoopUtilization()): () => number {
  let last = read();
  return () => {
    const now = read();
    const active = now.active - last.active;
    const passed = active + now.idle - last.idle;
    last = now;
    return passed > 0 ? active / passed : 0;
  };
}
