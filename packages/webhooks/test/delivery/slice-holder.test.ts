// Workers share the targets; an event keeps its id and its content whoever sends it, in whatever try.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { engines } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { ok, secret, status } from '@danmux/testkit/webhook-consumer';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './webhook-fixture.ts';

/** Each message came under one webhook-id, and each id with one content, in all requests. */
function assertOneId({ consumer }: WebhookFixture): void {
  const idOf = new Map<string, string>();
  const contentOf = new Map<string, string>();
  for (const { id, event } of consumer.asked) {
    for (const message of (event.data as { messages: { id: string }[] }).messages) {
      assert.equal(idOf.get(message.id) ?? id, id, `message ${message.id} has one webhook-id`);
      idOf.set(message.id, id);
    }
    const content = JSON.stringify(event);
    assert.equal(contentOf.get(id) ?? content, content, `${id} has one content`);
    contentOf.set(id, content);
  }
}

for (const engine of engines) {
  describe(`slices of webhook targets on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    test('events that were put together and failed come under the same id with the same content, however many came meanwhile', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = status(500);
      await hooks.sent('live:1', 'a', 'b', 'c');
      await hooks.passUntil(() => assert.ok(hooks.consumer.asked.length >= 2, 'two tries'));
      await hooks.sent('live:1', 'd', 'e');
      hooks.consumer.answer = ok;
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a', 'b', 'c', 'd', 'e']));
      assertOneId(hooks);
    });

    test('another worker goes on where one ended, under the same ids', async () => {
      const hooks = await openWebhooks(engine, { workers: 1 });
      const held: (() => void)[] = [];
      // The first worker's requests are taken by the backend and never answered: it does not know what became of them.
      hooks.consumer.answer = (response) => void held.push(() => response.destroy());
      await hooks.sent('live:1', 'a');
      await eventually(() => assert.equal(hooks.consumer.asked.length, 1));
      await hooks.sent('live:1', 'b', 'c');
      await hooks.sent('live:2', 'd', 'e');
      await eventually(() => assert.equal(hooks.consumer.asked.length, 2));
      hooks.consumer.answer = ok;
      await hooks.replaceWorkers();
      await hooks.sent('live:1', 'f');
      await hooks.passUntil(() => {
        assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a', 'b', 'c', 'f']);
        assert.deepEqual(hooks.consumer.messagesOf('live:2'), ['d', 'e']);
      });
      assertOneId(hooks);
      for (const release of held) release();
    });

    test('a target that left the config while events waited holds up no other, and keeps its place for when it is back', async () => {
      const target = (id: string, url: string) => ({ id, url, secret });
      const hooks = await openWebhooks(engine, { workers: 1, targets: (url) => [target('stays', url), target('leaves', 'http://127.0.0.1:1/')] });
      await hooks.sent('live:1', 'a');
      await eventually(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a']));
      await hooks.untilOpen('leaves');
      await hooks.replaceWorkers({ targets: (url) => [target('stays', url)] });
      await hooks.sent('live:1', 'b');
      await hooks.passUntil(async () => {
        // A worker that is killed may send its last event again.
        assert.deepEqual([...new Set(hooks.consumer.messagesOf('live:1'))], ['a', 'b']);
        for (let shard = 0; shard < 2; shard++) assert.deepEqual(await hooks.process.bus.events.read(shard, undefined, 1), []);
      });
    });

    test('a dead letter that is replayed keeps the id and every digit', async () => {
      const hooks = await openWebhooks(engine, { workers: 1 });
      hooks.consumer.answer = status(400);
      const text = '{"id":"evt_1","type":"room.users","room":"live:1","ts":1,"data":{"order":9007199254740993}}';
      await hooks.process.bus.events.emit('live:1', [text]);
      await hooks.passUntil(async () => assert.equal((await hooks.webhooks.deadLetters(undefined, 10)).letters.length, 1));
      const [letter] = (await hooks.webhooks.deadLetters(undefined, 10)).letters;
      hooks.consumer.answer = ok;
      assert.equal(await hooks.webhooks.replay(letter?.entry ?? ''), 'queued');
      await eventually(() => assert.equal(hooks.consumer.taken.length, 1));
      assert.deepEqual([...new Set(hooks.consumer.asked.map(({ id, body }) => `${id} ${body}`))], [`evt_1 ${text}`]);
    });
  });
}
