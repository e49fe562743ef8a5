// The relay on a memory bus: order, batches, what happens when the bus fails under it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { BusFrame, Commit } from '@danmux/bus';
import { eventually } from '../../testkit/src/eventually.ts';
import { type Fixture, room, startRelay } from './relay-fixture.ts';

let open: Fixture[] = [];
afterEach(async () => {
  await Promise.all(open.map((fixture) => fixture.close()));
  open = [];
});

async function fixture(set?: Readonly<Record<string, unknown>>): Promise<Fixture> {
  const made = await startRelay(set);
  open.push(made);
  return made;
}

const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

test('numbers the messages of each lane from 1 without holes and sends each once', async () => {
  const { bus, relay, message, messages } = await fixture();
  await relay.start();
  for (const id of ids(50, 'm')) await bus.publish([message(id.endsWith('7') ? 'gift' : 'chat', id)]);
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
  const { accepted, sequenced } = await bus.ledger();
  assert.deepEqual(sequenced, accepted);
});

test('a gift overtakes the chat that was there before it, in a frame of its own', async () => {
  const { bus, relay, message, messages, frames } = await fixture({ 'relay.frame_messages': 100, 'relay.tick_ms': 1, 'relay.max_tick_ms': 1 });
  await bus.publish(ids(1_000, 'c').map((id) => message('chat', id)));
  await bus.publish([message('gift', 'g'), message('notice', 'n')]);
  await relay.start();
  await eventually(() => assert.notEqual(frames.length, 0));
  await eventually(() => assert.equal(messages('chat').length, 1_000));
  const lanesOf = ({ payload }: BusFrame) => (JSON.parse(payload) as { msgs: { lane: string }[] }).msgs.map(({ lane }) => lane);
  const [first, second, ...others] = frames.map(lanesOf);
  assert.deepEqual(first, ['control', 'gift']);
  assert.deepEqual(second, Array(100).fill('chat'));
  assert.ok(others.every((lanes) => lanes.every((lane) => lane === 'chat')));
});

test('the first message after quiet leaves at once, those behind it in one frame a tick', async () => {
  const { bus, relay, message, frames } = await fixture({ 'relay.tick_ms': 200 });
  await relay.start();
  await bus.publish([message('chat', 'first')]);
  await eventually(() => assert.equal(frames.length, 1));
  const sent = performance.now();
  for (const id of ids(20, 'c')) await bus.publish([message('chat', id)]);
  await eventually(() => assert.equal(frames.length, 2));
  assert.ok(performance.now() - sent > 100, 'they waited for the tick');
  assert.equal(frames[1]?.head.counts.chat, 20);
});

test('a frame carries lane ranges, counts and the traces of control and gift', async () => {
  const { bus, relay, message, frames } = await fixture();
  await bus.publish([message('chat', 'c'), message('gift', 'g'), message('like', 'l')]);
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

test('rooms do not wait for each other: a hot one leaves a quiet one alone', async () => {
  const { bus, relay, message } = await fixture({ shards: 1, 'relay.frame_messages': 10 });
  const quiet: string[] = [];
  await bus.subscribe('quiet', { frame: ({ payload }) => quiet.push(payload), resumed: () => {} });
  await relay.start();
  await bus.publish(ids(500, 'c').map((id) => message('chat', id)));
  await bus.publish([message('chat', 'q', 'quiet')]);
  await eventually(() => assert.equal(quiet.length, 1));
});

test('a failing commit loses nothing and doubles nothing', async () => {
  const { bus, overrides, relay, message, messages } = await fixture();
  let failures = 0;
  overrides.commit = async (commit: Commit) => {
    if (failures++ % 3 === 0) throw new Error('the store is away');
    const result = await bus.commit(commit);
    // The worst case: it was written and the answer was lost.
    if (failures % 3 === 2) throw new Error('the answer was lost');
    return result;
  };
  await relay.start();
  for (const id of ids(30, 'g')) await bus.publish([message('gift', id)]);
  await eventually(() => assert.equal(messages('gift').length, 30));
  assert.deepEqual(
    messages('gift').map(({ id }) => id),
    ids(30, 'g'),
  );
  assert.deepEqual(
    messages('gift').map(({ offset }) => offset),
    ids(30, '').map((_, index) => index + 1),
  );
  assert.equal((await bus.ledger()).sequenced.gift, 30);
});

test('failing reads and a failing bell are tried again', async () => {
  const { bus, overrides, relay, message, messages } = await fixture();
  let reads = 0;
  overrides.listen = async () => {
    throw new Error('no bell');
  };
  overrides.read = (...args: Parameters<typeof bus.read>) => (reads++ < 10 ? Promise.reject(new Error('away')) : bus.read(...args));
  await relay.start();
  await bus.publish([message('gift', 'g')]);
  await eventually(() =>
    assert.deepEqual(
      messages('gift').map(({ id }) => id),
      ['g'],
    ),
  );
});

test('heads moved by another make it read them again', async () => {
  const { bus, overrides, relay, message, messages } = await fixture();
  let stale = true;
  overrides.heads = async (name: string) => {
    const heads = await bus.heads(name);
    if (!stale) return heads;
    stale = false;
    return { ...heads, offsets: { ...heads.offsets, gift: 41 } };
  };
  await relay.start();
  await bus.publish([message('gift', 'g')]);
  await eventually(() =>
    assert.deepEqual(
      messages('gift').map(({ offset }) => offset),
      [1],
    ),
  );
});

test('two relays share the shards, one that leaves hands over at once, nothing is lost between', async () => {
  const first = await fixture({ shards: 8 });
  const { RelayRole } = await import('../src/index.ts');
  const { createRuntime } = await import('@danmux/runtime');
  const runtime = createRuntime({ config: first.runtime.config, role: 'second', version: '0', processMetrics: false });
  const second = new RelayRole(runtime, first.bus);
  await first.relay.start();
  await second.start();
  const owned = async (of: typeof runtime) => (await of.metrics.shardsOwned.get()).values[0]?.value;
  await eventually(async () => assert.deepEqual([await owned(first.runtime), await owned(runtime)], [4, 4]));
  const sending = (async () => {
    for (const id of ids(100, 'g')) {
      await first.bus.publish([first.message('gift', id)]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await second.drain();
  await second.stop();
  await sending;
  await eventually(() =>
    assert.deepEqual(
      first.messages('gift').map(({ id }) => id),
      ids(100, 'g'),
    ),
  );
  await eventually(async () => assert.equal(await owned(first.runtime), 8));
});

test('more than the backlog holds is read on as it is sent', async () => {
  const { bus, relay, message, messages } = await fixture({ 'relay.tick_ms': 1 });
  await bus.publish(ids(5_000, 'c').map((id) => message('chat', id)));
  await relay.start();
  await eventually(() => assert.equal(messages('chat').length, 5_000));
  assert.equal((await bus.read(0, 'chat', undefined, 1)).length, 0);
});

test(`a relay that starts later sends what waited in ${room}`, async () => {
  const { bus, relay, message, messages } = await fixture();
  await bus.publish([message('gift', 'before')]);
  await relay.start();
  await eventually(() =>
    assert.deepEqual(
      messages('gift').map(({ id }) => id),
      ['before'],
    ),
  );
});

test('a flood of chat is kept to the budget, counted and told; the gifts in it all go', async () => {
  const { bus, relay, message, messages, frames } = await fixture({ 'relay.chat_per_second': 10 });
  await relay.start();
  await bus.publish(ids(300, 'c').map((id) => message('chat', id)));
  await bus.publish(ids(30, 'g').map((id) => message('gift', id)));
  await eventually(async () => {
    const { accepted, sequenced, shed } = await bus.ledger();
    assert.equal(sequenced.chat + (shed.chat['budget'] ?? 0), accepted.chat);
    assert.equal(sequenced.gift, 30);
  });
  const { shed } = await bus.ledger();
  assert.ok((shed.chat['budget'] ?? 0) >= 280, `${shed.chat['budget']} shed`);
  await eventually(() => assert.equal(messages('gift').length, 30));
  await eventually(() =>
    assert.equal(
      frames.reduce((sum, { head }) => sum + (head.shed?.chat ?? 0), 0),
      shed.chat['budget'],
    ),
  );
});

test('likes of one tick become one', async () => {
  const { bus, relay, message, messages } = await fixture();
  await bus.publish(ids(100, 'l').map((id) => message('like', id)));
  await relay.start();
  await eventually(async () => assert.equal((await bus.ledger()).shed.ambient['merged'], 99));
  await eventually(() =>
    assert.deepEqual(
      messages('ambient').map(({ data }) => data),
      [{ id: 'l99', count: 100 }],
    ),
  );
});
