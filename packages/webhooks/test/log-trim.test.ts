// The event log is trimmed by what the enabled targets have processed, in whatever slices the targets are.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { engines } from '@danmux/testkit/engines';
import { ok, secret, status } from '@danmux/testkit/webhook-consumer';
import { sliceOf } from '../src/places.ts';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './delivery/webhook-fixture.ts';

const rooms = ['live:1', 'live:2', 'live:3', 'vip'];
const [gone, works] = ['gone', 'works'];
/** A target in the slice of `gone`. */
const beside = Array.from({ length: 100 }, (_, n) => `beside-${n}`).find((id) => sliceOf(id) === sliceOf(gone)) ?? '';

const open = (engine: (typeof engines)[number], ids: readonly string[]) =>
  openWebhooks(engine, { workers: 1, targets: (url) => ids.map((id) => ({ id, url: `${url}/${id}`, secret })) });

/** Disables the target `gone` by one event of the room; other targets accept it. */
async function disable({ consumer, sent, passUntil, webhooks }: WebhookFixture, room: string) {
  consumer.answer = (response, given) => (given.path.endsWith(`/${gone}`) ? status(410) : ok)(response, given);
  await sent(room, 'first');
  await passUntil(async () => assert.equal((await webhooks.status()).find(({ id }) => id === gone)?.state, 'disabled'));
}

const left = async ({ process }: WebhookFixture) => (await Promise.all([0, 1].map((shard) => process.bus.events.read(shard, undefined, 100)))).flat().length;
const takenBy = ({ consumer }: WebhookFixture, id: string) => consumer.taken.filter(({ path }) => path.endsWith(`/${id}`)).map(({ event }) => event.room);

for (const engine of engines) {
  describe(`log trim on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    for (const other of [works, beside]) {
      test(`a disabled target keeps no event in the log once ${other} has it, in any shard`, async () => {
        assert.equal(sliceOf(other) === sliceOf(gone), other === beside);
        const hooks = await open(engine, [gone, other]);
        // All shards have a position of the target before it is disabled.
        for (const room of rooms) await hooks.sent(room, 'before');
        await hooks.passUntil(() => assert.equal(takenBy(hooks, gone).length, rooms.length));
        await disable(hooks, 'live:1');
        for (const room of rooms) await hooks.sent(room, 'after');
        await hooks.passUntil(async () => assert.equal(await left(hooks), 0));
        assert.equal((await hooks.webhooks.status()).find(({ id }) => id === gone)?.dropped, 0);
      });
    }

    test('an enabled target needs the log again', async () => {
      const hooks = await open(engine, [gone, works]);
      await disable(hooks, 'live:1');
      hooks.consumer.answer = (response, given) => (given.path.endsWith(`/${gone}`) ? status(503) : ok)(response, given);
      await hooks.webhooks.enable(gone);
      await hooks.passUntil(async () => assert.notEqual((await hooks.webhooks.status()).find(({ id }) => id === gone)?.state, 'disabled'));
      for (const room of rooms) await hooks.sent(room, 'later');
      await hooks.passUntil(() => assert.ok(takenBy(hooks, works).length >= rooms.length, 'the other target has them'));
      for (let n = 0; n < 5; n++) await hooks.sweep();
      assert.ok((await left(hooks)) >= rooms.length, 'the events stay for the target that fails');
      hooks.consumer.answer = ok;
      await hooks.passUntil(() => assert.deepEqual(new Set(takenBy(hooks, gone)), new Set(rooms)));
      await hooks.passUntil(async () => assert.equal(await left(hooks), 0));
    });

    test('when every target is disabled the log keeps its events up to its cap', async () => {
      const hooks = await open(engine, [gone]);
      await disable(hooks, 'live:1');
      for (const room of rooms) await hooks.sent(room, 'waits');
      for (let n = 0; n < 5; n++) await hooks.sweep();
      assert.ok((await left(hooks)) >= rooms.length, 'they wait for the target to be enabled');
    });
  });
}
