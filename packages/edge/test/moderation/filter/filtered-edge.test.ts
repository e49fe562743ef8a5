// Word lists and the hook on an edge with viewers: what each action does to what others see.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodeWordList, ruleRecords } from '@danmux/policy';
import type { HeldMessage, WordAction } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually, ownerOf } from '@danmux/testkit/unit';
import { HookServer, hookSecret, saying } from './hook-server.ts';

const owner = ownerOf(after);
let hook: HookServer;
let edge: EdgeFixture;
let ann: Viewer;
let bob: Viewer;
let sent = 0;

before(async () => {
  hook = await HookServer.start();
  closeAfter(owner, () => hook.stop());
  hook.answer = (response, question) => {
    const { text } = (JSON.parse(question.body) as { data: { text: string } }).data;
    saying(text === 'ask' ? { action: 'mask', data: { text: 'asked' } } : { action: 'pass' })(response, question);
  };
  edge = await startEdge(owner, {
    'moderation.hook.url': hook.url,
    'moderation.hook.secret': hookSecret,
    'edge.send_per_minute': 6_000,
    'edge.send_burst': 100,
  });
  for (const action of ['block', 'hold', 'shadow', 'mask'] as const) await edge.bus.records.set(ruleRecords.words, listOf(action));
  [ann, bob] = [edge.connect({ token: await edge.token('ann') }), edge.connect({ token: await edge.token('bob') })];
  await Promise.all([ann.connected(), bob.connected()]);
  for (const viewer of [ann, bob]) assert.equal(await viewer.code('join', { room }), 'ok');
  // The list that was written last is in force, and so all are.
  await eventually(async () => {
    await say('is it a mask-word');
    assert.match(JSON.stringify(ann.msgs), /is it a \*/);
  });
});

const listOf = (action: WordAction) => encodeWordList(action, { action, words: [`${action}-word`] }, '1', []);
const say = (text: string) => ann.ask<{ id: string; held?: true }>('send', { room, type: 'chat', data: { text }, cid: `c${++sent}` });
const seenBy = (viewer: Viewer, id: string) => viewer.msgs.find((msg) => msg.id === id)?.data;

async function accepted(text: string): Promise<{ id: string; held?: true }> {
  const reply = await say(text);
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply;
}

test('a masked word and what the hook rewrote are seen so by all', async () => {
  const { id } = await accepted('a mask-word!');
  const asked = await accepted('ask');
  for (const viewer of [ann, bob]) {
    await eventually(() => assert.deepEqual(seenBy(viewer, id), { text: 'a ****-****!' }));
    await eventually(() => assert.deepEqual(seenBy(viewer, asked.id), { text: 'asked' }));
  }
});

test('a blocked one is refused', async () => {
  const reply = await say('a block-word');
  assert.equal(reply.ok ? 'ok' : reply.error.code, 'content_blocked');
});

test('one that is held or in the shadow is seen by its sender alone; the held one waits for review', async () => {
  const held = await accepted('a hold-word');
  const shadow = await accepted('a shadow-word');
  const open = await accepted('good');
  await eventually(() =>
    assert.deepEqual(
      [held, shadow, open].map(({ id }) => seenBy(ann, id) !== undefined),
      [true, true, true],
    ),
  );
  await eventually(() => assert.ok(seenBy(bob, open.id), 'what came after them was sent'));
  assert.deepEqual(
    [held, shadow].map(({ id }) => seenBy(bob, id)),
    [undefined, undefined],
  );
  assert.deepEqual([held.held, shadow.held], [true, undefined]);
  const { fields } = await edge.bus.records.get(ruleRecords.reviews);
  const review = JSON.parse(fields.get(held.id)?.value ?? 'null') as HeldMessage;
  assert.deepEqual({ ...review, at: 0 }, { id: held.id, room, type: 'chat', data: { text: 'a hold-word' }, from: { id: 'ann' }, at: 0, reason: 'words:hold' });
});
