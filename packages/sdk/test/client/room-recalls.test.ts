// Room with a simulated server: recalled messages, tombstones and recalled parts of combos are not delivered, also not from history.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg } from '@danmux/protocol';
import { control, enter, frame, msg, position, settled, tombstone } from './played-room.ts';

test('a recall is emitted once and not as a message; a recalled message that arrives later is not delivered', async () => {
  const { room, ids, recalled } = await enter();
  room.frame(frame(msg('chat', 1, 'a')));
  room.frame(frame(control(1, 'recall', { id: 'a' }), control(2, 'recall', { id: 'b' }), control(3, 'recall', { id: 'a' })));
  room.frame(frame(msg('chat', 2, 'b'), msg('chat', 3, 'c')));
  assert.deepEqual(ids, ['a', 'c']);
  assert.deepEqual(recalled, ['a', 'b']);
  assert.deepEqual(room.positions, { control: position(3), gift: position(0), chat: position(3) });
});

test('a recall without an id is ignored', async () => {
  const { room, ids, recalled } = await enter();
  room.frame(frame(control(1, 'recall', null), control(2, 'recall', { id: 7 }), control(3, 'notice', { text: 'on' })));
  assert.deepEqual([ids, recalled], [['control3'], []]);
});

test('a tombstone is not delivered, and recalls the message if it was delivered before', async () => {
  const { room, ids, recalled } = await enter(
    { msgs: [msg('chat', 1, 'a'), tombstone('chat', 2, 'b')] },
    { positions: { chat: position(5) }, recovered: { chat: false }, msgs: [tombstone('chat', 1, 'a'), tombstone('chat', 4, 'd'), msg('chat', 5, 'e')] },
  );
  assert.deepEqual(ids, ['a']);
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual([ids, recalled], [['a', 'e'], ['a']]);
});

test('recalled parts of a combo are removed before delivery; a combo without parts is not delivered', async () => {
  const { room, server } = await enter();
  const given: [string, unknown][] = [];
  room.on('message', ({ id, data }) => given.push([id, data]));
  const combo = (offset: number, id: string, ...parts: string[]): Msg => ({
    ...msg('gift', offset, id),
    data: { gift: 'rocket', count: parts.length * 10 },
    parts: parts.map((part) => ({ id: part, count: 10 })),
  });
  room.frame(frame(control(1, 'recall', { id: 'b' }), control(2, 'recall', { id: 'z' }), combo(1, 'b', 'a', 'b'), combo(2, 'd', 'c', 'd'), combo(3, 'z', 'z')));
  assert.deepEqual(given, [
    ['b', { gift: 'rocket', count: 10 }],
    ['d', { gift: 'rocket', count: 20 }],
  ]);
  server.pages.push({ msgs: [combo(1, 'b', 'a', 'b'), combo(3, 'z', 'z')], more: false });
  assert.deepEqual(
    (await room.history({ lane: 'gift' })).msgs.map(({ id, parts }) => [id, parts]),
    [['b', [{ id: 'a', count: 10 }]]],
  );
});

test('history leaves out recalled messages, and requests the next page when a page has no others', async () => {
  const { room, server } = await enter();
  room.frame(frame(control(1, 'recall', { id: 'x' })));
  server.pages.push(
    { msgs: [msg('chat', 8, 'x'), tombstone('chat', 9, 'y')], more: true },
    { msgs: [msg('chat', 6, 'u'), tombstone('chat', 7, 'w')], more: true },
  );
  const page = await room.history({ limit: 2 });
  assert.deepEqual([page.msgs.map(({ id }) => id), page.more], [['u'], true]);
  assert.deepEqual(server.asked, [
    { room: 'r', limit: 2 },
    { room: 'r', limit: 200, before: 8 },
  ]);
  server.pages.push({ msgs: [tombstone('chat', 1, 'v')], more: false });
  assert.deepEqual(await room.history(), { msgs: [], more: false });
});

const by = (lane: 'gift' | 'chat', offset: number, user: string, more: Partial<Msg> = {}): Msg => ({ ...msg(lane, offset), from: { id: user }, ...more });

test('a recall of a user emits `recalled` for each delivered message of the user up to its positions, gifts of combos by their parts', async () => {
  const { server, room, ids, recalled } = await enter();
  server.pages.push({ msgs: [by('chat', 1, 'ann', { id: 'old' })], more: false });
  await room.history();
  const parts = {
    parts: [
      { id: 'p1', count: 1 },
      { id: 'p2', count: 2 },
    ],
  };
  room.frame(frame(by('gift', 1, 'ann', parts), by('chat', 2, 'ann'), by('chat', 3, 'bob'), by('chat', 4, 'ann')));
  room.frame(frame(control(1, 'recall', { user: 'ann', positions: { gift: position(1), chat: position(3) } })));
  assert.deepEqual(recalled.sort(), ['chat2', 'old', 'p1', 'p2']);
  room.frame(frame(control(2, 'recall', { user: 'ann', positions: { gift: position(1), chat: position(3) } })));
  assert.equal(recalled.length, 4, 'a repeated recall emits nothing');
  room.frame(frame(by('chat', 5, 'ann')));
  assert.equal(ids.at(-1), 'chat5', 'later messages are delivered');
});

test('clearing a room takes back everything delivered, and what arrives late with a covered offset is not delivered', async () => {
  const { room, ids, recalled } = await enter();
  room.setVisible(false);
  room.frame(frame(by('gift', 1, 'ann'), by('chat', 2, 'bob')));
  room.frame(frame(control(1, 'recall', { all: true, positions: { gift: position(1), chat: position(9) } }), by('chat', 4, 'eve')));
  room.setVisible(true);
  room.frame(frame(by('chat', 10, 'eve')));
  assert.deepEqual([ids, recalled], [['gift1', 'chat10'], ['gift1']]);
});

test('a recall of an ended epoch does not cover the offsets of the new one', async () => {
  const { room, ids, recalled } = await enter();
  room.frame(frame(by('chat', 1, 'ann'), control(1, 'recall', { all: true, positions: { gift: position(0), chat: position(9) } })));
  room.gap({ room: 'r', lane: 'chat', count: 0, reason: 'history_lost', position: position(1, 'f') });
  room.frame(frame(by('chat', 2, 'ann')));
  assert.deepEqual([ids, recalled], [['chat1', 'chat2'], ['chat1']]);
});
