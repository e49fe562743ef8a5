// Frees the event log of what every consumer of the config has done with. A consumer that has not begun holds everything; the
// log's own cap holds when one stays away.
import { type Bus, compareEntries } from '@danmux/bus';
import { type Consumer, consumersOf, readCircuit, readCursor } from '@danmux/cluster/webhooks';
import type { Runtime } from '@danmux/runtime';

type Stores = Pick<Bus, 'events' | 'records'>;

/** After `consumer` came to `entry`. */
export async function trimLog(runtime: Runtime, bus: Stores, shard: number, consumer: Consumer, entry: string): Promise<void> {
  const others = consumersOf(runtime.config).filter((other) => other !== consumer);
  const entries = await Promise.all(others.map((other) => positionOf(bus, other, shard)));
  let lowest = entry;
  for (const other of entries) {
    if (other === undefined) return;
    if (other !== null && compareEntries(other, lowest) < 0) lowest = other;
  }
  await bus.events.trim(shard, lowest);
}

/** Undefined before the first; null of a target that is disabled, for which nothing is kept. */
async function positionOf({ records }: Stores, consumer: Consumer, shard: number): Promise<string | undefined | null> {
  const { entry } = await readCursor(records, consumer, shard);
  if (consumer === 'archive') return entry;
  const { circuit } = await readCircuit(records, consumer.slice('webhook:'.length));
  return circuit?.state === 'disabled' ? null : entry;
}
