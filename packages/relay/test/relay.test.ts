// The relay on a memory bus: order, batches, and failures of the bus.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type BusFrame, restamped } from '@danmux/bus';
import { laneNames } from '@danmux/protocol';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import { balanced, type Fixture, ids, room, startRelay } from './relay-fixture.ts';

const owner = ownerOf(afterEach);
const fixture = (set?: Readonly<Record<string, unknown>>): Promise<Fixture> => startRelay(owner, set);

test('the messages of each lane are numbered from 1 without gaps and sent once', async () => {
  const { bus, relay, message, messages } = await fixture();
  await relay.start();
  for (const id of ids(50, 'm')) await bus.ingress.publish([message(id.endsWith('7') ? 'gift' : 'chat', id)]);
  await eventually(() => assert.equal(messages('chat').length + messages('gift').length, 50));
  assert.deepEqual(
    messages('gift').map(({ id }) => id),
    ['m7', 'm17', 'm27', 'm37', 'm47'],
  );
  for (const lane of ['chat', 'gift'])
    assert.deepEqual(
      messages(lane).map(({ offset }) => offset),
      messages(lane).map((_, index) => index + 1),
    );
  const { accepted, sequenced } = await bus.ledger.totals();
  assert.deepEqual(sequenced, accepted);
});

test('a gift overtakes earlier chat, in a frame of its own', async () => {
  const { bus, relay, message, messages, frames } = await fixture({ 'relay.frame_messages': 100, 'relay.tick_ms': 1, 'relay.max_tick_ms': 1 });
  await bus.ingress.publish(ids(1_000, 'c').map((id) => message('chat', id)));
  await bus.ingress.publish([message('gift', 'g'), message('notice', 'n')]);
  await relay.start();
  await eventually(() => assert.notEqual(frames.length, 0));
  await eventually(() => assert.equal(messages('chat').length, 1_000));
  const lanesOf = ({ payload }: BusFrame) => (JSON.parse(payload) as { msgs: { lane: string }[] }).msgs.map(({ lane }) => lane);
  const [first, second, ...others] = frames.map(lanesOf);
  assert.deepEqual(first, ['control', 'gift']);
  assert.deepEqual(second, Array(100).fill('chat'));
  assert.ok(others.every((lanes) => lanes.every((lane) => lane === 'chat')));
});

test('the first message of a quiet room is sent at once, later ones in one frame per tick', async () => {
  const { bus, relay, message, frames } = await fixture({ 'relay.tick_ms': 200 });
  await relay.start();
  await bus.ingress.publish([message('chat', 'first')]);
  await eventually(() => assert.equal(frames.length, 1));
  const sent = performance.now();
  for (const id of ids(20, 'c')) await bus.ingress.publish([message('chat', id)]);
  await eventually(() => assert.equal(frames.length, 2));
  assert.ok(performance.now() - sent > 100, 'they waited for the tick');
  assert.equal(frames[1]?.head.counts.chat, 20);
});

test('a frame carries lane ranges, counts and the traces of control and gift', async () => {
  const { bus, relay, message, frames } = await fixture();
  await bus.ingress.publish([message('chat', 'c'), message('gift', 'g'), message('like', 'l')]);
  await relay.start();
  await eventually(() => assert.equal(frames.length, 2));
  assert.deepEqual(
    frames.map(({ head: { ranges, counts, traces } }) => ({ ranges, counts, traces })),
    [
      { ranges: { gift: [1, 1] }, counts: { gift: 1 }, traces: [['g', 'g']] },
      { ranges: { chat: [1, 1] }, counts: { chat: 1, ambient: 1 }, traces: [] },
    ],
  );
});

test('a busy room does not delay a quiet one', async () => {
  const { bus, relay, message } = await fixture({ shards: 1, 'relay.frame_messages': 10 });
  const quiet: string[] = [];
  await bus.frames.subscribe('quiet', { frame: ({ payload }) => quiet.push(payload), resumed: () => {} });
  await relay.start();
  await bus.ingress.publish(ids(500, 'c').map((id) => message('chat', id)));
  await bus.ingress.publish([message('chat', 'q', 'quiet')]);
  await eventually(() => assert.equal(quiet.length, 1));
});

test('a flood of chat is shed to the budget, counted and reported; all gifts are sent', async () => {
  const { bus, relay, message, messages, frames } = await fixture({ 'relay.chat_per_second': 10 });
  await relay.start();
  await bus.ingress.publish(ids(300, 'c').map((id) => message('chat', id)));
  await bus.ingress.publish(ids(30, 'g').map((id) => message('gift', id)));
  await eventually(async () => {
    const { accepted, sequenced, shed } = await bus.ledger.totals();
    assert.equal(sequenced.chat + (shed.chat['budget'] ?? 0), accepted.chat);
    assert.equal(sequenced.gift, 30);
  });
  const { shed } = await bus.ledger.totals();
  assert.ok((shed.chat['budget'] ?? 0) >= 280, `${shed.chat['budget']} shed`);
  await eventually(() => assert.equal(messages('gift').length, 30));
  await eventually(() =>
    assert.equal(
      frames.reduce((sum, { head }) => sum + (head.shed?.chat ?? 0), 0),
      shed.chat['budget'],
    ),
  );
});

test('likes of one tick become one message', async () => {
  const { bus, relay, message, messages } = await fixture();
  await bus.ingress.publish(ids(100, 'l').map((id) => message('like', id)));
  await relay.start();
  await eventually(async () => assert.equal((await bus.ledger.totals()).shed.ambient['merged'], 99));
  await eventually(() =>
    assert.deepEqual(
      messages('ambient').map(({ data }) => data),
      [{ id: 'l99', count: 100 }],
    ),
  );
});

/** Accepted = sequenced + shed, lane by lane. */

test('marks of messages reach the edges, and expired messages of every lane are counted', async () => {
  const { bus, relay, message, messages, frames } = await fixture();
  const past = { expires_at: Date.now() - 1 };
  const later = { expires_at: Date.now() + 60_000, receipt: true } as const;
  await bus.ingress.publish(
    ['chat', 'gift', 'like', 'notice'].flatMap((type) => [message(type, `${type}-past`, room, past), message(type, `${type}-later`, room, later)]),
  );
  await relay.start();
  await eventually(() => balanced(bus));
  await eventually(() =>
    assert.deepEqual(
      frames.flatMap(({ head }) => head.receipts ?? []),
      ['notice-later', 'gift-later', 'chat-later', 'like-later'],
    ),
  );
  const { sequenced, shed } = await bus.ledger.totals();
  for (const lane of laneNames) {
    assert.deepEqual([sequenced[lane], shed[lane]], [1, { expired: 1 }], lane);
    assert.equal(messages(lane).length, 1);
  }
});

test('a pending message is dropped when it is recalled, also after a restart of the relay', async () => {
  const { bus, relay, message, messages, frames } = await fixture();
  await bus.ingress.publish([message('chat', 'bad'), message('gift', 'bad gift'), message('chat', 'good')]);
  for (const id of ['bad', 'bad gift']) assert.deepEqual(await bus.streams.recall(room, id), { found: false });
  await relay.start();
  await eventually(() =>
    assert.deepEqual(
      messages('chat').map(({ id }) => id),
      ['good'],
    ),
  );
  await bus.ingress.publish([message('chat', 'late'), message('notice', 'r', room, { recalls: 'late' })]);
  await eventually(() =>
    assert.deepEqual(
      frames.flatMap(({ head }) => head.recalls ?? []),
      ['late'],
    ),
  );
  await bus.ingress.publish([message('chat', 'later')]);
  await bus.ingress.publish([{ ...message('chat', 'late'), dedupeKey: 'again' }]);
  await eventually(() => balanced(bus));
  const { shed } = await bus.ledger.totals();
  assert.deepEqual(shed.gift, { recalled: 1 });
  assert.ok((shed.chat['recalled'] ?? 0) >= 2, `${shed.chat['recalled']} chats were dropped`);
  const kept = (await bus.streams.since(room, 'chat', 0, 9, 9)).map((text) => JSON.parse(text) as { id: string; type: string });
  assert.deepEqual(
    kept.filter(({ type }) => type !== 'recalled').map(({ id }) => id),
    ['good', 'later'],
  );
});

test('a message committed after its recall is removed from history before the recall is sent', async () => {
  const { bus, gate, relay, message, messages } = await fixture();
  // The relay asked before the recall and has not heard of it.
  gate.replace('streams.recalled', async () => ({ ids: [], bulk: [] }));
  await bus.streams.recall(room, 'bad');
  await relay.start();
  await bus.ingress.publish([message('gift', 'bad')]);
  await eventually(() => assert.equal(messages('gift').length, 1));
  const order: string[] = [];
  gate.replace('streams.recall', async (where, id) => {
    order.push(`recall ${id}`);
    return bus.streams.recall(where, id);
  });
  gate.replace('streams.commit', async (commit) => {
    order.push('commit');
    return bus.streams.commit(commit);
  });
  await bus.ingress.publish([message('notice', 'r', room, { recalls: 'bad' })]);
  await eventually(() => assert.equal(messages('control').length, 1));
  assert.deepEqual(order, ['recall bad', 'commit']);
  assert.deepEqual(
    (await bus.streams.since(room, 'gift', 0, 9, 9)).map((text) => (JSON.parse(text) as { type: string }).type),
    ['recalled'],
  );
});

test('a room of users has no budget, no merging, and an addressee for each message', async () => {
  const { bus, relay, message } = await fixture({ 'relay.chat_per_second': 1, 'messages.combo_window_ms': 1_000 });
  const seen: BusFrame[] = [];
  await bus.frames.subscribe('@3', { frame: (frame) => seen.push(frame), resumed: () => {} });
  const users = ids(100, 'u');
  await bus.ingress.publish(users.flatMap((user) => ['chat', 'like', 'gift'].map((type) => message(type, `${type} ${user}`, '@3', { to: user }))));
  await relay.start();
  await eventually(async () => assert.deepEqual((await bus.ledger.totals()).sequenced, { control: 0, gift: 100, chat: 100, ambient: 100 }));
  await eventually(() => assert.equal(seen.flatMap(({ head }) => head.to ?? []).length, 300));
  for (const { head, payload } of seen) {
    const { msgs } = JSON.parse(payload) as { msgs: { id: string }[] };
    assert.deepEqual(
      msgs.map(({ id }) => id.split(' ')[1]),
      head.to,
    );
  }
});

test('the rate in a room’s modes applies before its first frame, and a change at once', async () => {
  const { bus, relay, message } = await fixture({ 'relay.chat_per_second': 1_000, 'relay.tick_ms': 1, 'relay.max_tick_ms': 1 });
  const setRate = (rate: number) => bus.records.set(`room:${room}`, new Map([['modes', { value: JSON.stringify({ chat_per_second: rate }) }]]));
  await setRate(5);
  await bus.ingress.publish(ids(100, 'a').map((id) => message('chat', id)));
  await relay.start();
  await eventually(() => balanced(bus));
  assert.equal((await bus.ledger.totals()).sequenced.chat, 10, 'two seconds of it are saved up');
  await setRate(50);
  // Changes are told by later turns; the next message's bell comes after them.
  await bus.ingress.publish(ids(300, 'b').map((id) => message('chat', id)));
  await eventually(() => balanced(bus));
  const { sequenced } = await bus.ledger.totals();
  assert.ok(sequenced.chat >= 110 && sequenced.chat < 150, `${sequenced.chat} were sent`);
});

test('the relay reports its number of shards and its rates', async () => {
  const { bus, relay, message } = await fixture();
  await relay.start();
  await bus.ingress.publish([message('gift', 'g')]);
  await eventually(async () => {
    const [numbers] = (await bus.members.list()).map((member) => member.numbers);
    assert.deepEqual([numbers?.shards, numbers?.waiting], [4, { control: 0, gift: 0, chat: 0, ambient: 0 }]);
    assert.ok((numbers?.per_second?.gift ?? 0) > 0, 'a gift was sequenced');
  });
});

test('traced messages are reported with their offset, ordinary chat is not', async () => {
  const { bus, relay, runtime, message } = await fixture();
  await relay.start();
  await bus.ingress.publish([message('gift', 'g1'), message('gift', 'g2'), message('chat', 'plain'), message('chat', 'asked', room, { traced: true })]);
  const node = `relay@${runtime.node}`;
  await eventually(async () => {
    for (const [id, offset] of [
      ['g2', 2],
      ['asked', 2],
    ] as const) {
      const { trace, hops: [hop] = [] } = (await bus.traces.find(room, id)) ?? {};
      assert.deepEqual([trace, hop?.hop, hop?.node, hop?.offset], [id, 'sequenced', node, offset]);
    }
  });
  assert.equal(await bus.traces.find(room, 'plain'), null);
});

test('a bulk recall holds up to the messages committed before it, also those that its publisher did not know', async () => {
  const { bus, relay, message, messages } = await fixture();
  await relay.start();
  await bus.ingress.publish(ids(3, 'g').map((id) => message('gift', id)));
  await eventually(() => assert.equal(messages('gift').length, 3));
  const scope = { all: true } as const;
  const known = { gift: { epoch: 'e', offset: 1 }, chat: { epoch: 'e', offset: 0 } };
  const recall = message('notice', 'r', room, { recall_of: scope });
  await bus.ingress.publish([{ ...recall, body: recall.body.replace(/"data":.*,"ts"/, `"data":${JSON.stringify({ ...scope, positions: known })},"ts"`) }]);
  await eventually(() => assert.equal(messages('control').length, 1));
  const { epoch } = await bus.streams.heads(room);
  assert.deepEqual(messages('control')[0]?.data, { all: true, positions: { gift: { epoch, offset: 3 }, chat: { epoch, offset: 0 } } });
  const types = async () => (await bus.streams.since(room, 'gift', 0, 9, 9)).map((text) => (JSON.parse(text) as { type: string }).type);
  assert.deepEqual(await types(), ['recalled', 'recalled', 'recalled']);
});

test('a bulk recall that is read late covers what was accepted before it, and no later message', async () => {
  const { bus, gate, relay, message, messages } = await fixture();
  let open = () => {};
  const control = new Promise<void>((resolve) => {
    open = resolve;
  });
  gate.wrap('ingress.read', async (next, ...asked) => {
    if (asked[1] === 'control') await control;
    return next(...asked);
  });
  const { epoch } = await bus.streams.heads(room);
  const scope = { all: true } as const;
  const known = { gift: { epoch, offset: 0 }, chat: { epoch, offset: 0 } };
  const recall = message('notice', 'r', room, { recall_of: scope });
  const at = Date.now();
  await bus.ingress.publish([
    ...['before1', 'before2'].map((id) => restamped(message('gift', id), at - 1)),
    restamped({ ...recall, body: recall.body.replace(/"data":.*,"ts"/, `"data":${JSON.stringify({ ...scope, positions: known })},"ts"`) }, at),
    ...['after1', 'after2'].map((id) => restamped(message('gift', id), at + 1)),
  ]);
  await relay.start();
  await eventually(() => assert.equal(messages('gift').length, 4));
  open();
  await eventually(() => assert.equal(messages('control').length, 1));
  assert.deepEqual(messages('control')[0]?.data, { all: true, positions: { gift: { epoch, offset: 2 }, chat: { epoch, offset: 0 } } });
  const types = async () => (await bus.streams.since(room, 'gift', 0, 9, 9)).map((text) => (JSON.parse(text) as { type: string }).type);
  assert.deepEqual(await types(), ['recalled', 'recalled', 'gift', 'gift']);
});
