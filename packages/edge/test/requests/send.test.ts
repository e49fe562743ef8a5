// The `send` event through a real edge: guests, repeated cids and the rate of a viewer.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { SendReply } from '@danmux/protocol';
import { type EdgeFixture, must, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});

test('a guest may watch, not send', async (t) => {
  const open = await startEdge(t, { 'viewer.allow_guests': true });
  const guest = open.connect();
  await guest.connected();
  assert.equal(await guest.code('join', { room }), 'ok');
  assert.equal(await guest.code('send', { room, type: 'chat', data: 1, cid: 'c' }), 'read_only');
  await open.push('gift', 'g');
  await eventually(() => assert.deepEqual(guest.ids(), ['g']));
});

test('the same cid twice is one message with one id, of another user another', async () => {
  const ann = await fixture.enter('ann');
  const bob = await fixture.enter('bob');
  const send = { room, type: 'chat', data: 'x', cid: 'same' };
  const answers = await Promise.all(Array.from({ length: 5 }, () => ann.ask<SendReply>('send', send)));
  assert.equal(new Set(answers.map((answer) => must(answer).id)).size, 1);
  await bob.ask('send', send);
  await eventually(() => assert.equal(bob.msgs.length, 2));
});

test('too many messages are refused with the time to wait', async (t) => {
  const strict = await startEdge(t, { 'edge.send_burst': 2, 'edge.send_per_minute': 60 });
  const ann = strict.connect({ token: await strict.token('ann') });
  await ann.connected();
  await ann.ask('join', { room });
  for (const cid of ['a', 'b']) assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid }), 'ok');
  const refused = await ann.ask('send', { room, type: 'chat', data: 1, cid: 'c' });
  assert.ok(!refused.ok && refused.error.code === 'rate_limited');
  assert.ok((refused.error.retry_after_ms ?? 0) > 0 && (refused.error.retry_after_ms ?? 0) <= 1_000);
});
