// Which events are given up, and what becomes of those: on both engines.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { engines } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { type Answer, ok, status } from '@danmux/testkit/webhook-consumer';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './webhook-fixture.ts';

const isOpen = 'open';
const refuse =
  (text: string, code: number): Answer =>
  (response, given) =>
    (JSON.stringify(given.event).includes(text) ? status(code) : ok)(response, given);
const letters = async (hooks: WebhookFixture) => (await hooks.webhooks.deadLetters(undefined, 100)).letters;

for (const engine of engines) {
  describe(`webhook events that are given up on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    test('an event the target refuses is a dead letter after three tries, and its room goes on', async () => {
      const hooks = await openWebhooks(engine);
      const poison = (text: string) => text.includes('poison');
      hooks.consumer.answer = (response, given) => (poison(JSON.stringify(given.event)) ? status(422) : ok)(response, given);
      await hooks.sent('live:1', 'poison');
      await eventually(() => assert.equal(hooks.consumer.asked.length, 1));
      await hooks.sent('live:1', 'next');
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['next']));
      assert.equal(hooks.consumer.asked.filter(({ event }) => poison(JSON.stringify(event))).length, 3);
      const { letters } = await hooks.webhooks.deadLetters(undefined, 10);
      assert.deepEqual(
        letters.map(({ target, error, attempts }) => [target, error, attempts]),
        [['default', 'it answered 422', 3]],
      );
      assert.notEqual((await hooks.webhooks.status())[0]?.state, isOpen);
    });

    test('where one room is all there is, 403 gives up no event, and of 400 two before the third shows that it may be the target', async () => {
      for (const [code, given] of [
        [403, 0],
        [400, 2],
      ] as const) {
        const hooks = await openWebhooks(engine, { set: { 'webhooks.max_wait_ms': 2_000 } });
        hooks.consumer.answer = status(code);
        for (let n = 0; n < 6; n++) await hooks.events.emit('live:1', 'room.users', { n });
        await hooks.passUntil(() => assert.ok(hooks.consumer.asked.length >= 12, 'it is tried again and again'));
        assert.equal((await letters(hooks)).length, given);
        hooks.consumer.answer = ok;
        await hooks.passUntil(() => {
          const taken = hooks.consumer.taken.map(({ event }) => (event.data as { n: number }).n);
          assert.deepEqual(taken, [0, 1, 2, 3, 4, 5].slice(given));
        });
        assert.equal((await letters(hooks)).length, given);
      }
    });

    test('events refused while others pass stop nothing, however many: each is a dead letter after three tries, of 404 after six', async () => {
      const hooks = await openWebhooks(engine, { set: { shards: 1, 'webhooks.max_wait_ms': 3_000 } });
      for (const [code, tries] of [
        [422, 3],
        [404, 6],
      ] as const) {
        hooks.consumer.answer = refuse('poison', code);
        const before = (await letters(hooks)).length;
        for (let n = 0; n < 4; n++) {
          await hooks.sent(`room:${n}`, `poison/${n}`);
          await hooks.sent(`vip:${n}`, `good/${code}/${n}`);
        }
        await hooks.passUntil(() => {
          for (let n = 0; n < 4; n++) assert.ok(hooks.consumer.messagesOf(`vip:${n}`).includes(`good/${code}/${n}`), 'it is taken');
        });
        let more = 0;
        await hooks.passUntil(async () => {
          await hooks.sent('vip:0', `more/${more++}`);
          assert.equal((await letters(hooks)).length, before + 4);
        });
        const dead = (await letters(hooks)).slice(0, 4);
        assert.deepEqual(dead.map(({ event }) => event.room).sort(), ['room:0', 'room:1', 'room:2', 'room:3']);
        for (const { attempts } of dead) assert.ok(attempts >= tries && attempts <= tries + 2, `after ${attempts}`);
      }
      await hooks.passUntil(async () => assert.equal((await hooks.webhooks.status())[0]?.state, 'closed'));
    });

    test('while the target refuses all, an event that fails for webhooks.retry_for_ms is a dead letter', async () => {
      const hooks = await openWebhooks(engine, { set: { shards: 1, 'webhooks.retry_for_ms': 60_000, 'webhooks.max_wait_ms': 2_000 } });
      hooks.consumer.answer = refuse('poison', 404);
      for (let n = 0; n < 4; n++) await hooks.sent(`room:${n}`, 'poison');
      await hooks.sent('live:1', 'next');
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['next']));
      await hooks.passUntil(async () => assert.equal((await letters(hooks)).length, 4));
    });

    test('tries that failed while the target was down do not count when it then refuses the event', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = status(503);
      await hooks.sent('live:1', 'a');
      await hooks.passUntil(() => assert.ok(hooks.consumer.asked.length >= 4, 'four tries'));
      let refusals = 0;
      hooks.consumer.answer = (response, given) => (++refusals <= 2 ? status(404) : ok)(response, given);
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a']));
      assert.deepEqual(await letters(hooks), []);
    });

    test('an event that fails for webhooks.retry_for_ms is a dead letter; the others go on', async () => {
      const hooks = await openWebhooks(engine, { set: { 'webhooks.retry_for_ms': 60_000 } });
      hooks.consumer.answer = (response, given) => (JSON.stringify(given.event).includes('poison') ? status(500) : ok)(response, given);
      await hooks.sent('live:1', 'poison');
      await hooks.untilOpen();
      await hooks.sent('live:1', 'next');
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['next']));
      const { letters } = await hooks.webhooks.deadLetters(undefined, 10);
      assert.deepEqual(
        letters.map(({ error }) => error),
        ['it answered 500'],
      );
      assert.ok((letters[0]?.attempts ?? 0) >= 4, `after ${letters[0]?.attempts} tries`);
    });

    test('a dead letter that is replayed goes ahead under its own id; one that fails again is a dead letter again', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = status(400);
      await hooks.sent('live:1', 'a');
      await hooks.passUntil(async () => assert.equal((await hooks.webhooks.deadLetters(undefined, 10)).letters.length, 1));
      const [letter] = (await hooks.webhooks.deadLetters(undefined, 10)).letters;
      const entry = letter?.entry ?? '';
      assert.deepEqual(await hooks.webhooks.deadLetter(entry), letter);
      hooks.consumer.answer = ok;
      assert.equal(await hooks.webhooks.replay(entry), 'queued');
      await eventually(() =>
        assert.deepEqual(
          hooks.consumer.taken.map(({ id }) => id),
          [letter?.event.id],
        ),
      );
      assert.equal(await hooks.webhooks.replay(entry), 'not_found');
      assert.equal(await hooks.webhooks.removeDeadLetter(entry), false);
      assert.deepEqual((await hooks.webhooks.deadLetters(undefined, 10)).letters, []);

      hooks.consumer.answer = status(410);
      await hooks.workers[0]?.redeliver({
        ...{
          id: 'j',
          name: 'redeliver',
          data: { target: 'default', event: letter?.event ?? assert.fail('there was one'), text: letter?.text ?? '' },
          attempt: 1,
          progress: null,
        },
        ...{ signal: new AbortController().signal, report: async () => {} },
      });
      assert.equal((await hooks.webhooks.deadLetters(undefined, 10)).letters[0]?.error, 'it answered 410');
    });
  });
}
