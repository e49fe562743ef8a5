// Room with a simulated server: receipts are collected, limited in size, and retried.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, limits } from '@danmux/protocol';
import { asking, enter, frame, msg, settled } from './played-room.ts';

test('receipts are sent after delivery, in one request, once per message', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server, ids } = await enter({ msgs: [asking(1, 'a')] });
  room.frame(frame(asking(1, 'b'), msg('gift', 2), asking(3, 'c')));
  assert.deepEqual(ids, ['a', 'b', 'gift2', 'c']);
  t.mock.timers.tick(99);
  assert.deepEqual(server.receipts, []);
  t.mock.timers.tick(1);
  assert.deepEqual(server.receipts, [['a', 'b', 'c']]);
  await settled();
  room.frame(frame(asking(3, 'c'), asking(4, 'a'), asking(5, 'd')));
  t.mock.timers.tick(100);
  assert.deepEqual(server.receipts.slice(1), [['d']]);
});

test('ids beyond the limit of one receipt request are sent in the next', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server } = await enter();
  for (let i = 1; i <= limits.receiptIds + 1; i++) room.frame(frame(asking(i)));
  t.mock.timers.tick(100);
  await settled();
  t.mock.timers.tick(100);
  assert.deepEqual(
    server.receipts.map(({ length }) => length),
    [limits.receiptIds, 1],
  );
});

test('an unanswered receipt is retried, also on the next connection; a refused one is not', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server } = await enter();
  server.refusals.push(new DanmuxError('unavailable'), new DanmuxError('rate_limited', { retryAfterMs: 3_000 }));
  room.frame(frame(asking(1)));
  t.mock.timers.tick(100);
  await settled();
  room.disconnected();
  t.mock.timers.tick(5_000);
  assert.deepEqual(server.refusals.length, 1, 'no receipt is sent while disconnected');
  room.connected();
  await settled();
  t.mock.timers.tick(100);
  await settled();
  t.mock.timers.tick(3_099);
  assert.deepEqual(server.receipts, []);
  t.mock.timers.tick(201);
  assert.deepEqual(server.receipts, [['gift1']]);
  await settled();
  server.refusals.push(new DanmuxError('not_joined'));
  room.frame(frame(asking(1, 'other')));
  t.mock.timers.tick(100);
  await settled();
  t.mock.timers.tick(60_000);
  assert.deepEqual([server.receipts.length, server.refusals.length], [1, 0]);
});

test('a room that was left sends no receipts', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server } = await enter();
  room.frame(frame(asking(1)));
  room.end();
  t.mock.timers.tick(1_000);
  assert.deepEqual(server.receipts, []);
});
