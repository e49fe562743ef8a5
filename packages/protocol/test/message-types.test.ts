// The table of built-in message types against the lane table and against the promise that viewers never send paid items.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLane, lanes } from '../src/lanes.ts';
import { limits } from '../src/limits.ts';
import { messageTypes, reservedTypes } from '../src/message-types.ts';

test('every type travels in a lane that exists and has a name that fits', () => {
  for (const [type, { lane }] of Object.entries(messageTypes)) {
    assert.ok(isLane(lane), type);
    assert.ok(type.length <= limits.typeName, type);
  }
});

test('viewers may send nothing of a guaranteed lane', () => {
  for (const [type, { lane, viewer }] of Object.entries(messageTypes)) {
    if (lanes[lane].guaranteed) assert.equal(viewer, false, type);
  }
});

test('the types of the design have their lanes', () => {
  const rows = Object.entries(messageTypes).map(([type, { lane }]) => `${type}→${lane}`);
  assert.deepEqual(rows.sort(), [
    'chat→chat',
    'enter→ambient',
    'event→control',
    'gift→gift',
    'like→ambient',
    'notice→control',
    'recall→control',
    'room_state→control',
    'superchat→gift',
  ]);
});

test("danmux's own types are of the control lane, so that nobody misses one", () => {
  for (const type of reservedTypes) assert.equal(messageTypes[type as keyof typeof messageTypes].lane, 'control', type);
});
