// Webhooks from the event log to the consumer, on both engines; several workers share the work on Redis.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { eventually } from '../../../bus/test/eventually.ts';
import { engines } from '../engines.ts';
import { type Answer, ok, status } from '../webhook-consumer.ts';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './webhook-fixture.ts';

const rooms = ['live:1', 'live:2', 'live:3', 'vip'];
const isOpen = 'open';

for (const engine of engines) {
  describe(`webhooks on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    test('events are given in order, soon and once, and leave the log', async () => {
      const hooks = await openWebhooks(engine);
      for (let n = 0; n < 30; n++) for (const room of rooms) await hooks.sent(room, `${room}/${n}`);
      const wanted = (room: string) => Array.from({ length: 30 }, (_, n) => `${room}/${n}`);
      await eventually(() => {
        for (const room of rooms) assert.deepEqual(hooks.consumer.messagesOf(room), wanted(room));
      });
      await eventually(async () => {
        for (let shard = 0; shard < 2; shard++) assert.equal((await hooks.process.bus.events.read(shard, undefined, 1)).length, 0);
      });
      assert.ok(hooks.consumer.taken.length < 120, `merged into ${hooks.consumer.taken.length}`);
      assert.deepEqual(hooks.consumer.forged, []);
      assert.deepEqual(await hooks.webhooks.status(), [
        { id: 'default', host: new URL(hooks.consumer.url).host, state: 'closed', failures: 0, retry_at: null, error: null, lag_ms: 0, dropped: 0 },
      ]);
    });

    test('a consumer that is down for ten minutes loses none and gets them in order per room', async () => {
      const hooks = await openWebhooks(engine);
      const wanted = new Map(rooms.map((room) => [room, [] as string[]]));
      const send = async (n: number) => {
        for (const room of rooms) {
          await hooks.sent(room, `${room}/${n}`);
          wanted.get(room)?.push(`${room}/${n}`);
        }
      };
      await send(0);
      await eventually(() => assert.equal(hooks.consumer.taken.length, rooms.length));
      await hooks.consumer.stop();
      await send(1);
      await hooks.untilOpen();
      for (let minute = 0; minute < 10; minute++) {
        for (let part = 0; part < 6; part++) {
          hooks.clock.advance(10_000);
          await send(10 * minute + part + 2);
          await hooks.sweep();
        }
        await hooks.untilOpen();
      }
      const [target] = await hooks.webhooks.status();
      assert.equal(target?.state, 'open');
      assert.ok((target?.lag_ms ?? 0) >= 600_000, `it lags ${target?.lag_ms} ms`);
      assert.match(target?.error ?? '', /ECONNREFUSED/);
      await hooks.consumer.start();
      await hooks.passUntil(() => {
        for (const room of rooms) assert.deepEqual(hooks.consumer.messagesOf(room), wanted.get(room));
      });
      assert.deepEqual((await hooks.webhooks.deadLetters(undefined, 10)).letters, []);
      await eventually(async () => assert.equal((await hooks.webhooks.status())[0]?.state, 'closed'));
    });

    for (const [what, answer] of [
      ['500', status(500)],
      ['a time-out', () => {}],
      ['a redirect', status(302, { location: 'http://127.0.0.1:1/' })],
    ] as const) {
      test(`${what}: it is asked again with the same id and content, and nothing passes it`, async () => {
        const hooks = await openWebhooks(engine, { set: { 'webhooks.timeout_ms': 400 } });
        hooks.consumer.answer = answer;
        await hooks.sent('live:1', 'a', 'b');
        await hooks.untilOpen();
        await hooks.sent('live:1', 'c');
        await hooks.passUntil(() => assert.ok(hooks.consumer.asked.length >= 3, 'three tries'));
        const [first, ...others] = hooks.consumer.asked;
        for (const { id, event } of others) assert.deepEqual([id, event], [first?.id, first?.event]);
        hooks.consumer.answer = ok;
        await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a', 'b', 'c']));
      });
    }

    test('while it fails it is tried by one at a time, ever more seldom; Retry-After is obeyed', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = status(503, { 'retry-after': '120' });
      for (const room of rooms) await hooks.sent(room, room);
      await hooks.untilOpen();
      const before = hooks.consumer.asked.length;
      assert.ok(before <= rooms.length, `${before}: each room at most once`);
      for (let second = 0; second < 110; second += 10) {
        hooks.clock.advance(10_000);
        await hooks.sweep();
      }
      await hooks.process.jobs.status('none');
      assert.equal(hooks.consumer.asked.length, before);
      hooks.consumer.answer = status(503);
      hooks.clock.advance(20_000);
      await hooks.sweep();
      await eventually(() => assert.equal(hooks.consumer.asked.length, before + 1));
      await hooks.untilOpen();
    });

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

    const refuse =
      (text: string, code: number): Answer =>
      (response, given) =>
        (JSON.stringify(given.event).includes(text) ? status(code) : ok)(response, given);
    const letters = async (hooks: WebhookFixture) => (await hooks.webhooks.deadLetters(undefined, 100)).letters;

    test('a target that answers 404 to all for minutes is down: it is probed with one event, and gets all in order afterwards', async () => {
      const hooks = await openWebhooks(engine, { set: { shards: 8 } });
      const many = Array.from({ length: 16 }, (_, n) => `room:${n}`);
      hooks.consumer.answer = status(404);
      for (const room of many) for (const n of [0, 1]) await hooks.events.emit(room, 'room.users', { n });
      await hooks.untilOpen();
      await hooks.passUntil(async () => assert.ok(((await hooks.webhooks.status())[0]?.failures ?? 0) >= 5, 'it is probed'));
      await hooks.untilOpen();
      assert.equal((await hooks.webhooks.status())[0]?.error, 'it answered 404');
      const { length } = hooks.consumer.asked;
      hooks.clock.advance(100_000);
      await hooks.sweep();
      await eventually(() => assert.equal(hooks.consumer.asked.length, length + 1));
      await hooks.untilOpen();
      assert.equal(hooks.consumer.asked.length, length + 1);
      hooks.consumer.answer = ok;
      const wanted = many.flatMap((room) => [`${room}/0`, `${room}/1`]).sort();
      const taken = () => hooks.consumer.taken.map(({ event }) => `${event.room}/${(event.data as { n: number }).n}`);
      await hooks.passUntil(() => assert.deepEqual([...taken()].sort(), wanted));
      for (const room of many) assert.ok(taken().indexOf(`${room}/0`) < taken().indexOf(`${room}/1`), `${room} is in order`);
      assert.deepEqual(await letters(hooks), []);
      assert.equal((await hooks.webhooks.status())[0]?.state, 'closed');
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

    test('an event one shard fails at does not hold up the other shards', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = (response, given) => (given.event.room === 'live:1' ? status(500) : ok)(response, given);
      await hooks.sent('live:1', 'poison');
      await hooks.untilOpen();
      for (const room of rooms) await hooks.sent(room, `${room}/later`);
      // Two shards: the rooms that are not in the one of live:1.
      await hooks.passUntil(() => assert.ok(hooks.consumer.taken.length > 0, 'others came'));
      assert.deepEqual(hooks.consumer.messagesOf('live:1'), []);
    });

    test('a backlog of more than one job is worked off by one after the other', async () => {
      const hooks = await openWebhooks(engine, { set: { shards: 1 } });
      hooks.consumer.answer = (response) => void setTimeout(() => response.writeHead(204).end(), 60);
      const many = Array.from({ length: 50 }, (_, n) => `room:${n}`);
      for (const room of many) await hooks.sent(room, room);
      await eventually(() => assert.equal(hooks.consumer.taken.length, many.length), 20_000);
      assert.deepEqual(hooks.consumer.taken.map(({ event }) => event.room).sort(), [...many].sort());
    });

    test('410 disables the target until it is enabled; then it gets what waits', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = status(410);
      await hooks.sent('live:1', 'a');
      await eventually(async () => assert.equal((await hooks.webhooks.status())[0]?.state, 'disabled'));
      const { length } = hooks.consumer.asked;
      hooks.consumer.answer = ok;
      for (let hour = 0; hour < 5; hour++) {
        hooks.clock.advance(3_600_000);
        await hooks.sweep();
      }
      assert.equal(hooks.consumer.asked.length, length);
      assert.equal(await hooks.webhooks.enable('nobody'), false);
      assert.equal(await hooks.webhooks.enable('default'), true);
      await hooks.passUntil(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a']));
    });

    test('enabling a target that fails tries it at once', async () => {
      const hooks = await openWebhooks(engine);
      hooks.consumer.answer = status(503);
      await hooks.sent('live:1', 'a');
      await hooks.untilOpen();
      await hooks.passUntil(async () => assert.ok(((await hooks.webhooks.status())[0]?.failures ?? 0) >= 4, 'it waits long'));
      await hooks.untilOpen();
      hooks.consumer.answer = ok;
      await hooks.sweep();
      assert.deepEqual(hooks.consumer.messagesOf('live:1'), []);
      assert.equal(await hooks.webhooks.enable('default'), true);
      await hooks.sweep();
      await eventually(() => assert.deepEqual(hooks.consumer.messagesOf('live:1'), ['a']));
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
