// Makes one room's batch into the commit that stores, counts and publishes it: numbers the messages, encodes the frame once
// for the whole cluster. It sends nothing itself.
import { type BusFrame, type Commit, type Heads, type Lease, numberedMessage, type Pending } from '@danmux/bus';
import { isStreamLane, type Lane, laneNames, type StreamLane } from '@danmux/protocol';
import type { Batch } from './room-queue.ts';

export interface Fanned {
  readonly commit: Commit;
  /** The heads after the commit. */
  readonly heads: Heads;
}

export function fanOut(room: string, batch: Batch, heads: Heads, lease: Lease): Fanned {
  const offsets: Record<StreamLane, number> = { ...heads.offsets };
  const messages: Partial<Record<StreamLane, string[]>> = {};
  const all: string[] = [];
  for (const [lane, publications] of inOrder(batch)) {
    const encoded = publications.map((publication) => numberedMessage(publication, isStreamLane(lane) ? ++offsets[lane] : undefined));
    if (isStreamLane(lane)) messages[lane] = encoded;
    all.push(...encoded);
  }
  const counts = Object.fromEntries(inOrder(batch).map(([lane, publications]) => [lane, publications.length]));
  return {
    heads: { epoch: heads.epoch, offsets },
    commit: {
      room,
      lease,
      expected: heads,
      messages,
      entries: Object.fromEntries(inOrder(batch).map(([lane, publications]) => [lane, publications.map(({ entry }) => entry)])),
      frame: frameOf(room, batch, heads, offsets, counts, all),
      counts: { sequenced: counts },
    },
  };
}

function frameOf(
  room: string,
  batch: Batch,
  heads: Heads,
  offsets: Heads['offsets'],
  counts: BusFrame['head']['counts'],
  messages: readonly string[],
): BusFrame {
  const ranges: BusFrame['head']['ranges'] = {};
  for (const [lane] of inOrder(batch)) if (isStreamLane(lane)) ranges[lane] = [heads.offsets[lane] + 1, offsets[lane]];
  const traces = [...(batch.control ?? []), ...(batch.gift ?? [])].map(({ id, trace }): [string, string] => [id, trace]);
  return { head: { room, epoch: heads.epoch, ranges, counts, traces }, payload: `{"room":${JSON.stringify(room)},"msgs":[${messages.join(',')}]}` };
}

function inOrder(batch: Batch): [Lane, readonly Pending[]][] {
  return laneNames.flatMap((lane) => (batch[lane]?.length ? [[lane, batch[lane]] as [Lane, readonly Pending[]]] : []));
}
