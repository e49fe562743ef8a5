// The viewer protocol of docs/protocol.md through a real edge, with stock clients.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { HistoryReply, JoinReply, SendReply } from '@danmux/protocol';
import { type EdgeFixture, must, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});

for (const transport of ['websocket', 'polling']) {
  test(`over ${transport}: join, send, receive, history, leave`, async () => {
    const ann = fixture.connect({ token: await fixture.token('ann', { name: 'Ann', level: 7 }), transports: [transport] });
    await ann.connected();
    const joined = must(await ann.ask<JoinReply>('join', { room }));
    assert.equal(joined.room, room);
    assert.equal(joined.online, 1);
    assert.deepEqual(joined.msgs, []);
    assert.ok(Math.abs((joined.now ?? 0) - Date.now()) < 5_000);
    assert.deepEqual(joined.recovered, {});
    assert.deepEqual(Object.keys(joined.positions).sort(), ['chat', 'control', 'gift']);
    const { id } = must(await ann.ask<SendReply>('send', { room, type: 'chat', data: { text: '你好' }, cid: 'c1' }));
    await fixture.push('gift', 'g1');
    await eventually(() => assert.equal(ann.msgs.length, 2));
    const chat = ann.msgs.find((msg) => msg.lane === 'chat');
    assert.deepEqual(
      { ...chat, ts: 0 },
      { id, lane: 'chat', offset: 1, type: 'chat', from: { id: 'ann', name: 'Ann', level: 7 }, data: { text: '你好' }, ts: 0 },
    );
    assert.ok(Math.abs((chat?.ts ?? 0) - Date.now()) < 10_000);
    const { msgs, more } = must(await ann.ask<HistoryReply>('history', { room, lane: 'gift' }));
    assert.deepEqual([msgs.map((msg) => msg.id), more], [['g1'], false]);
    assert.equal(await ann.code('leave', { room }), 'ok');
    await fixture.push('gift', 'after');
    // A barrier: joining again shows that it was sent, and it came in no frame before.
    const again = must(await ann.ask<JoinReply>('join', { room, history: 10 }));
    assert.ok(!ann.ids().includes('after'));
    const all = () => [...again.msgs.map(({ id }) => id), ...ann.ids()];
    await eventually(() => assert.ok(all().includes('after'), 'the gift comes with the second join, or after it'));
  });
}

describe('rooms', () => {
  test('a message on any lane reaches the members of its room and no other viewer', async () => {
    const ann = await fixture.enter('ann');
    const bob = await fixture.enter('bob', {}, 'live:2');
    await fixture.push('gift', 'for-1');
    await fixture.push('gift', 'for-2', 'live:2');
    await eventually(() => assert.deepEqual([ann.ids(), bob.ids()], [['for-1'], ['for-2']]));
  });

  test('one connection may be in several rooms, and leave one of them', async () => {
    const ann = await fixture.enter('ann');
    assert.equal(await ann.code('join', { room: 'live:2' }), 'ok');
    await ann.ask('leave', { room });
    await fixture.push('gift', 'left');
    await fixture.push('gift', 'stayed', 'live:2');
    await eventually(() => assert.deepEqual(ann.ids(), ['stayed']));
  });

  test('a token names the rooms it is for', async () => {
    const ann = fixture.connect({ token: await fixture.token('ann', { rooms: ['live:1', 'vip:*'] }) });
    await ann.connected();
    assert.equal(await ann.code('join', { room: 'live:1' }), 'ok');
    assert.equal(await ann.code('join', { room: 'vip:gold' }), 'ok');
    assert.equal(await ann.code('join', { room: 'live:11' }), 'room_forbidden');
  });

  test('at most 50 rooms a connection', async () => {
    const ann = await fixture.enter('ann');
    for (let i = 1; i < 50; i++) assert.equal(await ann.code('join', { room: `r${i}` }), 'ok');
    assert.equal(await ann.code('join', { room: 'one-more' }), 'too_many_rooms');
    assert.equal(await ann.code('join', { room: 'r3' }), 'ok', 'joining again is no new room');
  });

  test('joining twice keeps one membership: each message comes once, and one leave is enough', async () => {
    const ann = await fixture.enter('ann');
    assert.equal(await ann.code('join', { room }), 'ok');
    await fixture.push('gift', 'once');
    await eventually(() => assert.deepEqual(ann.ids(), ['once']));
    await ann.ask('leave', { room });
    assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'c' }), 'not_joined');
  });

  test('online counts are sent to the room', async () => {
    const ann = await fixture.enter('ann');
    const seen: number[] = [];
    ann.socket.on('presence', ({ online }: { online: number }) => seen.push(online));
    const bob = await fixture.enter('bob');
    await eventually(() => assert.equal(seen.at(-1), 2));
    bob.socket.disconnect();
    await eventually(() => assert.equal(seen.at(-1), 1));
  });
});

test('a draining edge gives each viewer a slot, disconnects it then, and admits no new viewer', async () => {
  const viewers = await Promise.all(['a', 'b', 'c', 'd'].map((user) => fixture.enter(user)));
  const slots: number[] = [];
  for (const { socket } of viewers) socket.on('goaway', ({ reconnect_in_ms }: { reconnect_in_ms: number }) => slots.push(reconnect_in_ms));
  await fixture.edge.drain();
  await eventually(() =>
    assert.ok(
      viewers.every(({ socket }) => !socket.connected),
      'all were cut off',
    ),
  );
  assert.deepEqual(
    slots.sort((a, b) => a - b),
    [25, 50, 75, 100],
  );
  await assert.rejects(fixture.connect({ token: await fixture.token('late') }).connected());
});
