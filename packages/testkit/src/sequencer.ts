// Does the work of a relay once: reads all publications from the ingress, numbers them and commits them.
import { type Bus, numberedMessage, type Pending, shardLease } from '@danmux/bus';
import { isStreamLane, type Lane, laneNames, type StreamLane } from '@danmux/protocol';

export async function sequence(bus: Bus, shards: number): Promise<readonly Pending[]> {
  const taken: Pending[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const waiting = (await Promise.all(laneNames.map((lane) => bus.ingress.read(shard, lane, undefined, 1_000)))).flat();
    for (const room of new Set(waiting.map((pending) => pending.room))) {
      await commitRoom(
        bus,
        shard,
        room,
        waiting.filter((pending) => pending.room === room),
      );
    }
    taken.push(...waiting);
  }
  return taken;
}

async function commitRoom(bus: Bus, shard: number, room: string, pendings: readonly Pending[]): Promise<void> {
  const lease = await bus.leases.acquire(shardLease(shard), 'test', 60_000);
  if (!lease) throw new Error(`shard ${shard} is leased by another owner`);
  const expected = await bus.streams.heads(room);
  const messages: Partial<Record<StreamLane, string[]>> = {};
  const entries: Partial<Record<Lane, string[]>> = {};
  for (const pending of pendings) {
    const { lane, entry } = pending;
    entries[lane] = [...(entries[lane] ?? []), entry];
    if (!isStreamLane(lane)) continue;
    const before = messages[lane] ?? [];
    messages[lane] = [...before, numberedMessage(pending, expected.offsets[lane] + before.length + 1)];
  }
  const counts = Object.fromEntries(Object.entries(entries).map(([lane, taken]) => [lane, taken.length]));
  const result = await bus.streams.commit({ room, lease, expected, messages, entries, frame: null, counts: { sequenced: counts } });
  if (!result.ok) throw new Error(`the commit was refused: ${result.reason}`);
}
