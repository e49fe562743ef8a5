// The `history` and `receipt` events through a real edge.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { acceptPublication } from '@danmux/bus';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});

test('history pages backwards without a hole or a double', async () => {
  const ann = await fixture.enter('ann');
  for (let i = 1; i <= 7; i++) await fixture.push('gift', `g${i}`);
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.gift, 7));
  const pages: string[][] = [];
  let before: number | undefined;
  for (;;) {
    const reply = await ann.ask<{ msgs: { id: string; offset: number }[]; more: boolean }>('history', {
      room,
      lane: 'gift',
      limit: 3,
      ...(before === undefined ? {} : { before }),
    });
    assert.ok(reply.ok, JSON.stringify(reply));
    pages.push(reply.msgs.map(({ id }) => id));
    before = reply.msgs[0]?.offset;
    if (!reply.more) break;
  }
  assert.deepEqual(pages, [['g5', 'g6', 'g7'], ['g2', 'g3', 'g4'], ['g1']]);
  assert.deepEqual(await ann.ask('history', { room }), { ok: true, msgs: [], more: false }, 'the chat lane is the default');
});

test('receipts: counted for those in the room; unknown ids are good, a room one is not in is not', async () => {
  const [ann, bob] = [await fixture.enter('ann'), await fixture.enter('bob')];
  const { types } = fixture.runtime.config.messages;
  await fixture.bus.receipts.open('asked', room, Date.now());
  await fixture.bus.ingress.publish([
    acceptPublication({ room, type: 'gift', data: {}, id: 'asked', marks: { receipt: true } }, { types, maxData: 100, now: Date.now() }),
  ]);
  for (const viewer of [ann, bob]) await eventually(() => assert.equal(viewer.msgs[0]?.receipt, true));
  assert.equal(await ann.code('receipt', { room, ids: ['asked', 'never-sent'] }), 'ok');
  assert.equal(await ann.code('receipt', { room: 'another', ids: ['asked'] }), 'not_joined');
  assert.equal(await ann.code('receipt', { room, ids: [] }), 'invalid_request');
  await eventually(async () => {
    const counts = (await fixture.bus.receipts.find('asked'))?.counts.map(({ sent, received }) => [sent, received]);
    assert.deepEqual(counts, [[2, 1]]);
  });
});
