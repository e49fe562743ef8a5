// Tests of the schemas of viewer events: documented payloads pass; missing and unknown fields are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { limits } from '../src/limits.ts';
import { roomSchema, type ViewerEvent, viewerSchemas } from '../src/viewer-schemas.ts';

const good: Record<ViewerEvent, Record<string, unknown>> = {
  join: { room: 'live:1', positions: { gift: { epoch: 'e1', offset: 0 } }, history: 20 },
  leave: { room: 'live:1' },
  send: { room: 'live:1', type: 'chat', data: { text: '你好' }, cid: 'c-1' },
  receipt: { room: 'live:1', ids: ['m1', 'm2'] },
  members: { room: 'live:1', cursor: 'WzAsImEiXQ', limit: 10 },
  history: { room: 'live:1', lane: 'gift', before: 5, limit: 10 },
  auth: { token: 'a.b.c' },
};
const required: Record<ViewerEvent, string[]> = {
  join: ['room'],
  leave: ['room'],
  send: ['room', 'type', 'data', 'cid'],
  receipt: ['room', 'ids'],
  members: ['room'],
  history: ['room'],
  auth: ['token'],
};
const events = Object.keys(viewerSchemas) as ViewerEvent[];
const passes = (event: ViewerEvent, payload: unknown) => Value.Check(viewerSchemas[event], payload);

for (const event of events) {
  test(`${event}: the documented payload passes, also with only the required fields`, () => {
    assert.equal(passes(event, good[event]), true);
    assert.equal(passes(event, Object.fromEntries(required[event].map((field) => [field, good[event][field]]))), true);
  });

  test(`${event}: a missing or an unknown field is refused`, () => {
    for (const field of required[event]) {
      const { [field]: _, ...rest } = good[event];
      assert.equal(passes(event, rest), false, `without ${field}`);
    }
    assert.equal(passes(event, { ...good[event], extra: 1 }), false);
  });

  test(`${event}: a payload that is not an object is refused`, () => {
    for (const payload of [undefined, null, 'x', 5, [], [good[event]], true]) assert.equal(passes(event, payload), false, JSON.stringify(payload));
  });
}

test('positions name only stream lanes, with integer offsets from 0', () => {
  for (const positions of [
    { ambient: { epoch: 'e', offset: 1 } },
    { gift: { epoch: 'e', offset: -1 } },
    { gift: { epoch: 'e', offset: 1.5 } },
    { gift: { epoch: 'e' } },
    { gift: 5 },
  ])
    assert.equal(passes('join', { room: 'a', positions }), false, JSON.stringify(positions));
});

test('a cid is 1 to 64 printable characters', () => {
  for (const cid of ['', 'a b', 'é', 'x'.repeat(limits.id + 1), 7, null]) assert.equal(passes('send', { ...good.send, cid }), false, String(cid));
  assert.equal(passes('send', { ...good.send, cid: 'x'.repeat(limits.id) }), true);
});

test('a receipt names 1 to 200 ids', () => {
  for (const ids of [[], Array(limits.receiptIds + 1).fill('m'), [''], ['x'.repeat(limits.id + 1)], [7], 'm1', null])
    assert.equal(passes('receipt', { room: 'a', ids }), false, JSON.stringify(ids));
  assert.equal(passes('receipt', { room: 'a', ids: Array(limits.receiptIds).fill('m') }), true);
});

test('text is not accepted as a number', () => {
  assert.equal(passes('history', { room: 'a', limit: '10' }), false);
  assert.equal(passes('history', { room: 'a', limit: limits.historyPage + 1 }), false);
});

test('a members page has 1 to 100 entries and a cursor of the documented length', () => {
  for (const bad of [{ limit: 0 }, { limit: limits.membersPage + 1 }, { cursor: '' }, { cursor: null }, { cursor: 'x'.repeat(limits.cursor + 1) }])
    assert.equal(passes('members', { room: 'a', ...bad }), false, JSON.stringify(bad));
  assert.equal(passes('members', { room: 'a', limit: limits.membersPage, cursor: 'x'.repeat(limits.cursor) }), true);
});

test('the room schema for OpenAPI agrees with isRoomName', () => {
  assert.equal(Value.Check(roomSchema, 'live:1'), true);
  assert.equal(Value.Check(roomSchema, 'live 1'), false);
});
