// Tests of the lane table: the order, and that guarantee, behaviour at a cap and history of each lane are consistent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byLane, byStreamLane, isLane, isStreamLane, laneNames, lanes, streamLanes, zeroOffsets } from '../src/lanes.ts';

test('the priority order is control, gift, chat, ambient', () => {
  assert.deepEqual(laneNames, ['control', 'gift', 'chat', 'ambient']);
  assert.equal(new Set(laneNames.map((lane) => lanes[lane].order)).size, laneNames.length);
});

test('the stream lanes are exactly the lanes with history', () => {
  assert.deepEqual(streamLanes, ['control', 'gift', 'chat']);
  for (const lane of laneNames) assert.equal(isStreamLane(lane), lanes[lane].history !== null);
});

test('a guaranteed lane refuses at its cap and keeps history; other lanes shed', () => {
  for (const lane of laneNames) {
    const { guaranteed, atCap, history } = lanes[lane];
    assert.equal(atCap, guaranteed ? 'refuse' : 'shed', lane);
    if (guaranteed) assert.notEqual(history, null, lane);
  }
});

test('a lane that merges combos is guaranteed, and a lane that merges counters has no history', () => {
  assert.deepEqual(
    laneNames.map((lane) => lanes[lane].merges),
    [null, 'combos', null, 'counters'],
  );
  for (const lane of laneNames) {
    if (lanes[lane].merges === 'combos') assert.equal(lanes[lane].guaranteed, true, lane);
    if (lanes[lane].merges === 'counters') assert.equal(lanes[lane].history, null, lane);
  }
});

test('byLane and byStreamLane make one value for each lane, in order', () => {
  assert.deepEqual(
    Object.entries(byLane((lane) => lanes[lane].order)),
    laneNames.map((lane) => [lane, lanes[lane].order]),
  );
  assert.deepEqual(
    byStreamLane((lane, index) => `${index} ${lane}`),
    { control: '0 control', gift: '1 gift', chat: '2 chat' },
  );
});

test('a guaranteed lane keeps history longer than the two minutes of recovery', () => {
  for (const lane of streamLanes) assert.ok(lanes[lane].history.ttlS > 120, lane);
});

test('only names in the table are lanes', () => {
  assert.equal(isLane('gift'), true);
  for (const name of ['Gift', '', 'toString', '__proto__', 'constructor']) {
    assert.equal(isLane(name), false, name);
    assert.equal(isStreamLane(name), false, name);
  }
});

test('zeroOffsets returns a new object with every stream lane', () => {
  const offsets = zeroOffsets();
  assert.deepEqual(offsets, { control: 0, gift: 0, chat: 0 });
  offsets.gift++;
  assert.equal(zeroOffsets().gift, 0);
});
