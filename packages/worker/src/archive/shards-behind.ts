// Looks which shards have something for a consumer of the event log, so that a bell nobody heard loses nothing.
import type { Bus } from '@danmux/bus';
import { type Consumer, readCursor } from '@danmux/webhooks';

/** Shards read at once. */
const together = 64;

export async function shardsBehind(bus: Pick<Bus, 'records' | 'events'>, consumer: Consumer, shards: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let first = 0; first < shards; first += together) {
    const some = Array.from({ length: Math.min(together, shards - first) }, (_, index) => first + index);
    const behind = await Promise.all(some.map((shard) => isBehind(bus, consumer, shard)));
    found.push(...some.filter((_, index) => behind[index]));
  }
  return found;
}

async function isBehind(bus: Pick<Bus, 'records' | 'events'>, consumer: Consumer, shard: number): Promise<boolean> {
  const { entry } = await readCursor(bus.records, consumer, shard);
  return (await bus.events.read(shard, entry, 1)).length > 0;
}
