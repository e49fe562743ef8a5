// Finds the shards with unread events for a consumer of the event log, so that a lost notification delays events but loses none.
import type { Bus } from '@danmux/bus';
import { type Consumer, readCursor } from '@danmux/webhooks';

/** Number of shards read concurrently. */
const shardsAtOnce = 64;

export async function shardsBehind(bus: Pick<Bus, 'records' | 'events'>, consumer: Consumer, shards: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let first = 0; first < shards; first += shardsAtOnce) {
    const some = Array.from({ length: Math.min(shardsAtOnce, shards - first) }, (_, index) => first + index);
    const behind = await Promise.all(some.map((shard) => isBehind(bus, consumer, shard)));
    found.push(...some.filter((_, index) => behind[index]));
  }
  return found;
}

async function isBehind(bus: Pick<Bus, 'records' | 'events'>, consumer: Consumer, shard: number): Promise<boolean> {
  const { entry } = await readCursor(bus.records, consumer, shard);
  return (await bus.events.read(shard, entry, 1)).length > 0;
}
