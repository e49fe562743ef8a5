// Joins with positions through a real edge: the reply has the missed messages, in order and before any later frame, or says that some are lost.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { acceptPublication, type MemoryBus } from '@danmux/bus';
import type { JoinReply } from '@danmux/protocol';
import { type EdgeFixture, must, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, gated, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});

test('a join with positions replays missed messages, in order, before any later frame', async () => {
  const first = await fixture.enter('ann');
  await fixture.push('gift', 'g1');
  await eventually(() => assert.deepEqual(first.ids(), ['g1']));
  const { positions } = must(await first.ask<JoinReply>('join', { room }));
  first.socket.disconnect();
  for (const id of ['g2', 'g3']) await fixture.push('gift', id);
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.gift, 3));
  const back = fixture.connect({ token: await fixture.token('ann') });
  await back.connected();
  const reply = must(await back.ask<JoinReply>('join', { room, positions }));
  assert.deepEqual(reply.recovered, { control: true, gift: true, chat: true });
  assert.deepEqual(
    reply.msgs.map((msg) => msg.id),
    ['g2', 'g3'],
  );
  assert.equal(reply.positions.gift?.offset, 3);
  await fixture.push('gift', 'g4');
  await eventually(() => assert.deepEqual(back.ids(), ['g4']));
});

test('a message repeated after a rollback of the store reaches the viewers that do not have it, and no others', async () => {
  const bus = fixture.bus as MemoryBus;
  const [stays, away, knows] = [await fixture.enter('ann'), await fixture.enter('bob'), await fixture.enter('cat')];
  await fixture.push('gift', 'a1');
  await eventually(() => assert.deepEqual(away.ids(), ['a1']));
  const survived = await bus.streams.heads(room);
  const before = { gift: { epoch: survived.epoch, offset: 1 } };
  away.socket.disconnect();
  await fixture.push('gift', 'b1');
  for (const viewer of [stays, knows]) await eventually(() => assert.deepEqual(viewer.ids(), ['a1', 'b1']));
  knows.socket.disconnect();
  bus.goBack(room, survived);
  await fixture.push('gift', 'c1');
  await eventually(() => assert.deepEqual(stays.ids(), ['a1', 'b1', 'c1']));
  const came = [];
  for (const [user, positions] of [
    ['bob', before],
    ['cat', { gift: { epoch: survived.epoch, offset: 2 } }],
    ['new', undefined],
  ] as const) {
    const viewer = fixture.connect({ token: await fixture.token(user) });
    await viewer.connected();
    const reply = must(await viewer.ask<JoinReply>('join', { room, ...(positions ? { positions } : { history: 0 }) }));
    assert.deepEqual(
      reply.msgs.map(({ id }) => id),
      positions ? ['c1'] : [],
    );
    came.push(viewer);
  }
  // Its backend repeats it: the store has forgotten the id.
  const { types } = fixture.runtime.config.messages;
  const { dedupeKey: _, ...repeated } = acceptPublication({ room, type: 'gift', data: 1, id: 'b1' }, { types, maxData: 100, now: Date.now() });
  await bus.ingress.publish([repeated]);
  await fixture.push('gift', 'd1');
  for (const viewer of [stays, ...came]) await eventually(() => assert.equal(viewer.ids().at(-1), 'd1'));
  assert.deepEqual(
    [stays, ...came].map((viewer) => viewer.ids()),
    [['a1', 'b1', 'c1', 'd1'], ['b1', 'd1'], ['d1'], ['b1', 'd1']],
  );
});

test('positions of another epoch, from the future, or too far back are not recovered', async () => {
  const ann = await fixture.enter('ann');
  await fixture.push('gift', 'g1');
  await eventually(() => assert.equal(ann.msgs.length, 1));
  const { epoch } = await fixture.bus.streams.heads(room);
  for (const position of [
    { epoch: 'another', offset: 0 },
    { epoch, offset: 99 },
  ]) {
    const reply = must(await ann.ask<JoinReply>('join', { room, positions: { gift: position } }));
    assert.deepEqual(reply.recovered, { gift: false });
    assert.deepEqual(
      reply.msgs.map((msg) => msg.id),
      ['g1'],
      'what may be missing is given',
    );
  }
  const asked = must(await ann.ask<JoinReply>('join', { room, positions: { gift: { epoch: 'another', offset: 0 } }, history: 10 }));
  assert.deepEqual(
    asked.msgs.map((msg) => msg.id),
    ['g1'],
  );
});

test('a join without positions gives the last messages, control and gifts first', async () => {
  for (let i = 0; i < 6; i++) await fixture.push('chat', `c${i}`);
  await fixture.push('gift', 'g');
  await fixture.push('notice', 'n');
  await eventually(async () => assert.deepEqual((await fixture.bus.streams.heads(room)).offsets, { control: 1, gift: 1, chat: 6 }));
  const ann = fixture.connect({ token: await fixture.token('ann') });
  await ann.connected();
  const { msgs } = must(await ann.ask<JoinReply>('join', { room, history: 5 }));
  assert.deepEqual(
    msgs.map((msg) => msg.id),
    ['n', 'g', 'c3', 'c4', 'c5'],
  );
  assert.deepEqual(must(await ann.ask<JoinReply>('join', { room, history: 0 })).msgs, []);
});

test('a crowd that reconnects reads Redis once, not once per viewer', async (t) => {
  const gate = gated(fixture.bus);
  const reads = () => gate.count('streams.since') + gate.count('streams.history') + gate.count('streams.heads');
  const crowd = await startEdge(t, {}, gate.open);
  await fixture.push('gift', 'g1');
  const { epoch } = await fixture.bus.streams.heads(room);
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.gift, 1));
  const viewers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const viewer = crowd.connect({ token: await crowd.token(`u${index}`) });
      await viewer.connected();
      return viewer;
    }),
  );
  const before = reads();
  const replies = await Promise.all(viewers.map((viewer) => viewer.ask<JoinReply>('join', { room, positions: { gift: { epoch, offset: 0 } } })));
  for (const reply of replies)
    assert.deepEqual(
      must(reply).msgs.map((msg) => msg.id),
      ['g1'],
    );
  assert.ok(reads() - before <= 5, `${reads() - before} reads for 50 viewers`);
});
