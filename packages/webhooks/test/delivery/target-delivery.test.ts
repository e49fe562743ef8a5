// Rooms of one target are independent of each other: what one is refused, or times out with, holds up no other. On both engines, with a
// real receiver.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import { engines } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { type Answer, ok, status } from '@danmux/testkit/webhook-consumer';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './webhook-fixture.ts';

const healthy = ['live:1', 'live:2', 'live:3', 'live:4'];

/** What the poisoned room is answered; others are taken. */
const poisoned =
  (answer: Answer, ...rooms: string[]): Answer =>
  (response, given) =>
    (rooms.includes(given.event.room) ? answer : ok)(response, given);
const letters = async (hooks: WebhookFixture) => (await hooks.webhooks.deadLetters(undefined, 100)).letters;
const stateOf = async (hooks: WebhookFixture) => (await hooks.webhooks.status())[0];

for (const engine of engines) {
  describe(`a target's rooms on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    for (const [what, answer] of [
      ['400', status(400)],
      ['404', status(404)],
      ['500', status(500)],
      ['no answer', () => {}],
    ] as const) {
      test(`${what} to all events of one room: the others get theirs, in order, and none of theirs is a dead letter`, async () => {
        const hooks = await openWebhooks(engine, { set: what === 'no answer' ? { 'webhooks.timeout_ms': 400 } : {} });
        hooks.consumer.answer = poisoned(answer, 'poison');
        for (let n = 0; n < 20; n++) {
          await hooks.events.emit('poison', 'room.users', { n });
          for (const room of healthy) await hooks.events.emit(room, 'room.users', { n });
        }
        // No time passes by the clock: nothing of theirs waits for a next try.
        await eventually(() => {
          for (const room of healthy) {
            const got = hooks.consumer.taken.filter(({ event }) => event.room === room).map(({ event }) => (event.data as { n: number }).n);
            assert.deepEqual(
              got,
              Array.from({ length: 20 }, (_, n) => n),
            );
          }
        });
        await hooks.passUntil(() => assert.ok(hooks.consumer.asked.filter(({ event }) => event.room === 'poison').length >= 4, 'it is tried again'));
        for (const { event } of await letters(hooks)) assert.equal(event.room, 'poison');
        // Those of the room come in order all the same, one at a time.
        const asked = hooks.consumer.asked.filter(({ event }) => event.room === 'poison').map(({ event }) => (event.data as { n: number }).n);
        assert.deepEqual(
          asked,
          [...asked].sort((a, b) => a - b),
        );
      });
    }

    test('a room refused a thousand times opens no circuit, and an event of another goes at once', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = poisoned(status(400), 'poison');
      await hooks.events.emit('poison', 'room.users', { n: 0 });
      for (let n = 1; n < 1_000; n++) await hooks.events.emit('poison', 'room.users', { n });
      await hooks.passUntil(() => assert.ok(hooks.consumer.asked.length >= 9, 'three events are refused'));
      assert.equal((await stateOf(hooks))?.state, 'closed');
      await hooks.sent('live:1', 'next');
      await eventually(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['next']));
      // That the target takes others shows that the events are at fault: the room goes on.
      const before = (await letters(hooks)).length;
      await hooks.passUntil(async () => assert.ok((await letters(hooks)).length > before, 'one more is given up'));
    });

    test('a target that refuses room after room is down: nothing more is given up until it takes one', async () => {
      const hooks = await openWebhooks(engine, { set: { 'webhooks.max_wait_ms': 4_000 } });
      hooks.consumer.answer = status(422);
      const many = Array.from({ length: 4 }, (_, n) => `room:${n}`);
      for (const room of many) await hooks.sent(room, room);
      await hooks.passUntil(async () => assert.ok(((await stateOf(hooks))?.failures ?? 0) >= 16, 'it is probed'));
      assert.equal((await stateOf(hooks))?.state, 'open');
      assert.deepEqual(await letters(hooks), []);
      hooks.consumer.answer = ok;
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.taken.map(({ event }) => event.room).sort(), [...many].sort()));
      assert.deepEqual(await letters(hooks), []);
      await eventually(async () => assert.equal((await stateOf(hooks))?.state, 'closed'));
    });

    test('however many rooms are refused their events, one that is not is given its own at once', async () => {
      const hooks = await openWebhooks(engine);
      const many = Array.from({ length: 20 }, (_, n) => `poison:${n}`);
      hooks.consumer.answer = poisoned(status(400), ...many);
      for (const room of many) await hooks.sent(room, room);
      await eventually(() => assert.equal(new Set(hooks.consumer.asked.map(({ event }) => event.room)).size, many.length));
      // No time passes by the clock.
      for (const n of ['0', '1']) {
        await hooks.sent('live:1', n);
        await eventually(() => assert.equal(hooks.consumer.messagesOf('live:1').at(-1), n));
      }
    });

    test('events of two rooms that get 500 open the circuit: another room waits, and not long however many fail', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = poisoned(status(500), 'bad:0', 'bad:1', 'bad:2', 'bad:3', 'bad:4', 'bad:5', 'bad:6');
      await hooks.sent('bad:0', 'x');
      await hooks.untilOpen();
      await hooks.sent('live:1', 'a');
      await eventually(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a'], 'one room alone holds up nobody'));
      await eventually(async () => assert.equal((await stateOf(hooks))?.state, 'closed'));
      for (const n of [1, 2]) {
        await hooks.sent(`bad:${n}`, 'x');
        await eventually(() => assert.ok(hooks.consumer.asked.some(({ event }) => event.room === `bad:${n}`)));
        await hooks.untilOpen();
      }
      for (const n of [3, 4, 5, 6]) await hooks.sent(`bad:${n}`, 'x');
      await hooks.sent('live:1', 'b');
      const before = hooks.clock.now();
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a', 'b']));
      assert.ok(hooks.clock.now() - before <= 40_000, `after ${hooks.clock.now() - before} ms`);
    });

    test('429 with Retry-After is the whole target’s, also while others pass', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = poisoned(status(429, { 'retry-after': '90' }), 'busy');
      await hooks.sent('live:1', 'a');
      await eventually(() => assert.equal(hooks.consumer.taken.length, 1));
      await hooks.sent('busy', 'b');
      await hooks.untilOpen();
      await hooks.sent('live:1', 'c');
      const { length } = hooks.consumer.asked;
      for (let second = 0; second < 80; second += 10) {
        hooks.clock.advance(10_000);
        await hooks.sweep();
      }
      assert.equal(hooks.consumer.asked.length, length);
      hooks.consumer.answer = ok;
      hooks.clock.advance(15_000);
      await hooks.passUntil(() => assert.deepEqual([hooks.consumer.messagesOf('live:1'), hooks.consumer.messagesOf('busy')], [['a', 'c'], ['b']]));
    });

    test('a target whose answer hangs holds its own requests alone, no more than it may have', async () => {
      const hanging: ServerResponse[] = [];
      const hooks = await openWebhooks(engine, { set: { 'webhooks.target_connections': 3, 'webhooks.timeout_ms': 60_000 } });
      hooks.consumer.answer = (response) => void hanging.push(response);
      const many = Array.from({ length: 10 }, (_, n) => `room:${n}`);
      for (const room of many) await hooks.sent(room, room);
      await eventually(() => assert.equal(hanging.length, 3));
      await hooks.sweep();
      await hooks.sweep();
      assert.equal(hanging.length, 3);
      hooks.consumer.answer = ok;
      for (const response of hanging) response.writeHead(204).end();
      await eventually(() => assert.equal(hooks.consumer.taken.length, many.length));
    });

    test('a room that holds more than its share is read again from the log, in order, while others pass', async () => {
      const hooks = await openWebhooks(engine, { set: { shards: 1 } });
      const released: (() => void)[] = [];
      hooks.consumer.answer = (response, given) => (given.event.room === 'slow' ? void released.push(() => ok(response, given)) : ok(response, given));
      for (let n = 0; n < 250; n++) await hooks.events.emit('slow', 'room.users', { n });
      await hooks.sent('live:1', 'fast');
      await eventually(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['fast']));
      hooks.consumer.answer = ok;
      await eventually(() => assert.equal(released.length, 1));
      released[0]?.();
      await hooks.passUntil(() => {
        const got = hooks.consumer.taken.filter(({ event }) => event.room === 'slow').map(({ event }) => (event.data as { n: number }).n);
        assert.deepEqual(
          got,
          Array.from({ length: 250 }, (_, n) => n),
        );
      });
      await hooks.passUntil(async () => assert.equal((await hooks.process.bus.events.read(0, undefined, 1)).length, 0));
    });
  });
}
