// The lane table: its order, and what a lane promises fits how it treats a cap and whether it keeps history.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLane, isStreamLane, laneNames, lanes, streamLanes, zeroOffsets } from '../src/lanes.ts';

test('lanes pass in the order control, gift, chat, ambient', () => {
  assert.deepEqual(laneNames, ['control', 'gift', 'chat', 'ambient']);
  assert.equal(new Set(laneNames.map((lane) => lanes[lane].order)).size, laneNames.length);
});

test('the lanes with history are those with a stream', () => {
  assert.deepEqual(streamLanes, ['control', 'gift', 'chat']);
  for (const lane of laneNames) assert.equal(isStreamLane(lane), lanes[lane].history !== null);
});

test('a guaranteed lane refuses at its cap and keeps history, another sheds', () => {
  for (const lane of laneNames) {
    const { guaranteed, atCap, history } = lanes[lane];
    assert.equal(atCap, guaranteed ? 'refuse' : 'shed', lane);
    if (guaranteed) assert.notEqual(history, null, lane);
  }
});

test('a guaranteed lane keeps history longer than the two minutes of recovery', () => {
  for (const lane of streamLanes) assert.ok(lanes[lane].history.ttlS > 120, lane);
});

test('only names of the table are lanes', () => {
  assert.equal(isLane('gift'), true);
  for (const name of ['Gift', '', 'toString', '__proto__', 'constructor']) {
    assert.equal(isLane(name), false, name);
    assert.equal(isStreamLane(name), false, name);
  }
});

test('zero offsets are a new table each time, with every lane that keeps a stream', () => {
  const offsets = zeroOffsets();
  assert.deepEqual(offsets, { control: 0, gift: 0, chat: 0 });
  offsets.gift++;
  assert.equal(zeroOffsets().gift, 0);
});
