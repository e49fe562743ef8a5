// The relay on a failing bus, and relays that start, stop and share shards: no message is lost or sent twice.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { type Commit, shardOf } from '@danmux/bus';
import type { WebhookEvent } from '@danmux/protocol';
import { eventually, ownerOf, testRuntime } from '@danmux/testkit/unit';
import { balanced, type Fixture, ids, room, startRelay } from './relay-fixture.ts';

const owner = ownerOf(afterEach);
const fixture = (set?: Readonly<Record<string, unknown>>): Promise<Fixture> => startRelay(owner, set);

test('a failing commit neither loses nor doubles a message', async () => {
  const { bus, gate, relay, message, messages } = await fixture();
  let failures = 0;
  gate.replace('streams.commit', async (commit: Commit) => {
    if (failures++ % 3 === 0) throw new Error('the store is away');
    const result = await bus.streams.commit(commit);
    // The worst case: it was written and the answer was lost.
    if (failures % 3 === 2) throw new Error('the answer was lost');
    return result;
  });
  await relay.start();
  for (const id of ids(30, 'g')) await bus.ingress.publish([message('gift', id)]);
  await eventually(() => assert.equal(messages('gift').length, 30));
  assert.deepEqual(
    messages('gift').map(({ id }) => id),
    ids(30, 'g'),
  );
  assert.deepEqual(
    messages('gift').map(({ offset }) => offset),
    ids(30, '').map((_, index) => index + 1),
  );
  assert.equal((await bus.ledger.totals()).sequenced.gift, 30);
});

test('failing reads and a failing subscription are retried', async () => {
  const { bus, gate, relay, message, messages } = await fixture();
  let reads = 0;
  gate.replace('ingress.listen', async () => {
    throw new Error('no bell');
  });
  gate.replace('ingress.read', (...args: Parameters<typeof bus.ingress.read>) =>
    reads++ < 10 ? Promise.reject(new Error('away')) : bus.ingress.read(...args),
  );
  await relay.start();
  await bus.ingress.publish([message('gift', 'g')]);
  await eventually(() =>
    assert.deepEqual(
      messages('gift').map(({ id }) => id),
      ['g'],
    ),
  );
});

test('the relay reads the heads again after another relay has moved them', async () => {
  const { bus, gate, relay, message, messages } = await fixture();
  let stale = true;
  gate.replace('streams.heads', async (name: string) => {
    const heads = await bus.streams.heads(name);
    if (!stale) return heads;
    stale = false;
    return { ...heads, offsets: { ...heads.offsets, gift: 41 } };
  });
  await relay.start();
  await bus.ingress.publish([message('gift', 'g')]);
  await eventually(() =>
    assert.deepEqual(
      messages('gift').map(({ offset }) => offset),
      [1],
    ),
  );
});

test('two relays share the shards, and one that stops hands over at once without losing a message', async () => {
  const first = await fixture({ shards: 8 });
  const { RelayRole } = await import('../src/index.ts');
  const runtime = testRuntime({ after }, { shards: 8, 'relay.chat_per_second': 100_000 }, { role: 'second' });
  const second = new RelayRole(runtime, first.bus);
  await first.relay.start();
  await second.start();
  const owned = async (of: typeof runtime) => (await of.metrics.shardsOwned.get()).values[0]?.value;
  await eventually(async () => assert.deepEqual([await owned(first.runtime), await owned(runtime)], [4, 4]));
  const sending = (async () => {
    for (const id of ids(100, 'g')) {
      await first.bus.ingress.publish([first.message('gift', id)]);
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

test('publications above the backlog cap are read as others are committed', async () => {
  const { bus, relay, message, messages } = await fixture({ 'relay.tick_ms': 1 });
  await bus.ingress.publish(ids(5_000, 'c').map((id) => message('chat', id)));
  await relay.start();
  await eventually(() => assert.equal(messages('chat').length, 5_000));
  assert.equal((await bus.ingress.read(0, 'chat', undefined, 1)).length, 0);
});

test(`a relay that starts later sends what waited in ${room}`, async () => {
  const { bus, relay, message, messages } = await fixture();
  await bus.ingress.publish([message('gift', 'before')]);
  await relay.start();
  await eventually(() =>
    assert.deepEqual(
      messages('gift').map(({ id }) => id),
      ['before'],
    ),
  );
});

test('with a webhook target each sent message is in the event log once, whatever fails', async () => {
  const { bus, gate, relay, message, messages } = await fixture({ 'webhooks.url': 'https://example.org/', 'webhooks.secret': `whsec_${'a'.repeat(32)}` });
  let commits = 0;
  const tried: string[] = [];
  gate.replace('streams.commit', async (commit) => {
    tried.push(...(commit.events ?? []).map((text) => (JSON.parse(text) as { id: string }).id));
    if (commit.room === room) commits++;
    if (commits === 1) throw new Error('away');
    const result = await bus.streams.commit(commit);
    if (commits === 3) throw new Error('the answer was lost');
    return result;
  });
  await bus.ingress.publish([message('gift', 'g1'), message('gift', 'g2'), message('gift', 'to ann', '@1', { to: 'ann' })]);
  await relay.start();
  await eventually(() => assert.equal(messages('gift').length, 2));
  await bus.ingress.publish([message('notice', 'n'), message('chat', 'c')]);
  await eventually(() => assert.equal(messages('chat').length + messages('control').length, 2));
  await eventually(() => balanced(bus));
  const events = (await bus.events.read(shardOf(room, 4), undefined, 100)).map(({ text }) => JSON.parse(text) as WebhookEvent);
  assert.deepEqual(events.flatMap(({ data }) => (data as { messages: { id: string }[] }).messages.map(({ id }) => id)).sort(), ['c', 'g1', 'g2', 'n']);
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  assert.ok(tried.length > new Set(tried).size, 'a commit that is tried again names its events alike');
  for (const { type, room: of } of events) assert.deepEqual([type, of], ['message.sent', room]);
});

test('shed chat that was not reported before the bus failed is reported afterwards', async () => {
  const { bus, gate, relay, message, frames } = await fixture({ 'relay.chat_per_second': 1, 'relay.tick_ms': 1, 'relay.max_tick_ms': 1 });
  await relay.start();
  const shed = async () => (await bus.ledger.totals()).shed.chat['budget'] ?? 0;
  const toldOf = () => frames.reduce((sum, { head }) => sum + (head.shed?.chat ?? 0), 0);
  await bus.ingress.publish(ids(10, 'a').map((id) => message('chat', id)));
  await eventually(async () => assert.ok((await shed()) > 0 && toldOf() > 0, 'some were shed, and told at once'));
  await bus.ingress.publish(ids(10, 'b').map((id) => message('chat', id)));
  await eventually(() => balanced(bus));
  assert.ok(toldOf() < (await shed()), 'not all is told yet');
  let failed = false;
  gate.replace('streams.commit', async (commit) => {
    if (failed) return bus.streams.commit(commit);
    failed = true;
    throw new Error('away');
  });
  await bus.ingress.publish([message('gift', 'g')]);
  await eventually(() => assert.ok(failed, 'it failed once'));
  await eventually(async () => assert.equal(toldOf(), await shed()));
});
