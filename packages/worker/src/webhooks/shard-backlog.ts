// Looks which shards have something for a consumer of the event log, so that a bell nobody heard loses nothing, and for how long
// it waits.
import type { Bus } from '@danmux/bus';
import { type Consumer, readCursor } from '@danmux/cluster/webhooks';

export interface Backlog {
  readonly shard: number;
  /** When the oldest event of it happened, milliseconds since 1970. */
  readonly since: number;
  /** False while its first event waits for its next try. */
  readonly due: boolean;
}

/** Shards read at once. */
const together = 64;

export async function backlogsOf(bus: Pick<Bus, 'records' | 'events'>, consumer: Consumer, shards: number, now: number): Promise<readonly Backlog[]> {
  const found: Backlog[] = [];
  for (let first = 0; first < shards; first += together) {
    const some = Array.from({ length: Math.min(together, shards - first) }, (_, index) => backlogOf(bus, consumer, first + index, now));
    found.push(...(await Promise.all(some)).filter((backlog) => backlog !== null));
  }
  return found;
}

async function backlogOf(bus: Pick<Bus, 'records' | 'events'>, consumer: Consumer, shard: number, now: number): Promise<Backlog | null> {
  const { entry, begun } = await readCursor(bus.records, consumer, shard);
  const [oldest] = await bus.events.read(shard, entry, 1);
  if (!oldest) return null;
  const { ts = now } = JSON.parse(oldest.text) as { ts?: number };
  const { retry_at = 0 } = begun === undefined ? {} : (JSON.parse(begun) as { retry_at?: number });
  return { shard, since: ts, due: retry_at <= now };
}
