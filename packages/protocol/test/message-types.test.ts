// Tests of the built-in message types: existing lanes, and no type of a guaranteed lane that viewers may send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLane, lanes } from '../src/lanes.ts';
import { limits } from '../src/limits.ts';
import { messageTypes, reservedTypes } from '../src/message-types.ts';

test('every type has an existing lane and a name within the limit', () => {
  for (const [type, { lane }] of Object.entries(messageTypes)) {
    assert.ok(isLane(lane), type);
    assert.ok(type.length <= limits.typeName, type);
  }
});

test('viewers may not send types of a guaranteed lane', () => {
  for (const [type, { lane, viewer }] of Object.entries(messageTypes)) {
    if (lanes[lane].guaranteed) assert.equal(viewer, false, type);
  }
});

test('the built-in types have their documented lanes', () => {
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

test('reserved types are in the control lane, which is guaranteed', () => {
  for (const type of reservedTypes) assert.equal(messageTypes[type as keyof typeof messageTypes].lane, 'control', type);
});
