// Deliveries computed from the frames of all viewers and the messages of the sample.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomTally } from '../src/swarm/room-tally.ts';

test('frames of all viewers times messages a frame of the sample', () => {
  const tally = new RoomTally();
  tally.frames = 20;
  tally.sample(['gift', 'chat', 'chat']);
  tally.sample(['chat']);
  assert.deepEqual(tally.take(), { frames: 20, deliveries: 40, byLane: { gift: 10, chat: 30 } });
  assert.deepEqual(tally.take(), { frames: 0, deliveries: 0, byLane: {} });
});

test('frames that the sample has not received yet count later', () => {
  const tally = new RoomTally();
  tally.frames = 3;
  assert.equal(tally.take().frames, 0);
  tally.frames += 2;
  tally.sample(['chat']);
  assert.deepEqual(tally.take(), { frames: 5, deliveries: 5, byLane: { chat: 5 } });
});
