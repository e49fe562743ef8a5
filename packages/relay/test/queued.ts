// Filled room queues and the ids taken from them, for tests of the queue.
import type { Pending } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';
import { RoomQueue, type Taken } from '../src/room-queue.ts';

export function filled(...publications: readonly [Lane, string][]): RoomQueue {
  const queue = new RoomQueue('r');
  for (const [lane, id] of publications) queue.add({ room: 'r', lane, id, body: '{}', trace: id, entry: id } satisfies Pending);
  return queue;
}

export const ids = ({ batch }: Taken) => laneNames.flatMap((lane) => (batch[lane] ?? []).map(({ id }) => id));
export const ordinary = (queue: RoomQueue, limit: number, now = 0) => ids(queue.takeOrdinary(limit, now));
export const urgent = (queue: RoomQueue, limit: number) => ids(queue.takeUrgent(limit, 0));

/** Lane, reason and ids of what was dropped. */
export const droppedOf = ({ dropped }: Taken) => dropped.map(({ lane, reason, publications }) => [lane, reason, publications.map(({ id }) => id).join(' ')]);
export const one = (lane: Lane, id: string, marks?: Pending['marks']): Pending => ({
  ...{ room: 'r', lane, id, body: `{"id":"${id}","type":"${lane}","data":{},"ts":1}`, trace: id, entry: id },
  ...(marks ? { marks } : {}),
});
