// Tests of the room schemas: queries and changes of modes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { historyQuery, modesSchema, roomPatch, roomsQuery } from '../../src/admin/rooms.ts';

test('a history query has an offset and a limit of whole numbers', () => {
  assert.equal(Value.Check(historyQuery, { lane: 'gift', before: 10, limit: 50 }), true);
  for (const bad of [{ lane: 'ambient' }, { before: 0 }, { before: -1 }, { limit: 1e3 }, { limit: 1.5 }, { limit: 0 }, { limit: '50' }, { after: 1 }])
    assert.equal(Value.Check(historyQuery, bad), false, JSON.stringify(bad));
});

test('a list of rooms takes a prefix, an order and a page', () => {
  assert.equal(Value.Check(roomsQuery, { prefix: 'live:', sort: 'online', cursor: 'x', limit: 200 }), true);
  for (const bad of [{ prefix: '' }, { sort: 'size' }, { limit: 0 }, { limit: 1000 }, { cursor: '' }, { page: 1 }])
    assert.equal(Value.Check(roomsQuery, bad), false, JSON.stringify(bad));
});

test('null removes a mode, and an unknown mode is refused', () => {
  const modes = { slow_ms: 5_000, members_only: true, min_level: 3, mute_all: false, unique: true, chat_per_second: 0.5, send_per_minute: 6, max_online: 100 };
  assert.equal(Value.Check(modesSchema, modes), true);
  assert.equal(Value.Check(modesSchema, {}), true);
  assert.equal(Value.Check(roomPatch, { modes }), true);
  assert.equal(Value.Check(roomPatch, { modes: Object.fromEntries(Object.keys(modes).map((name) => [name, null])) }), true);
  for (const bad of [{ slow_ms: 0 }, { slow_ms: 1.5 }, { slow: 1 }, { mute_all: 'yes' }, { max_online: 0 }, { chat_per_second: 0 }, null])
    assert.equal(Value.Check(roomPatch, { modes: bad }), false, JSON.stringify(bad));
  assert.equal(Value.Check(modesSchema, { slow_ms: null }), false);
});
