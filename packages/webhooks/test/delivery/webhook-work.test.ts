// Webhooks from the event log to the consumer, on both engines; several workers share the work on Redis.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { engines } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { ok, status } from '@danmux/testkit/webhook-consumer';
import { closeWebhooks, openWebhooks } from './webhook-fixture.ts';

const rooms = ['live:1', 'live:2', 'live:3', 'vip'];

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
        {
          ...{ id: 'default', host: new URL(hooks.consumer.url).host, state: 'closed', failures: 0, retry_at: null, error: null, lag_ms: 0, dropped: 0 },
          workers: { same: hooks.workers.length, different: 0, missing: 0, unknown: 0 },
        },
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
      test(`${what}: it is retried with the same id and content, and no later event overtakes it`, async () => {
        const hooks = await openWebhooks(engine, what === 'a time-out' ? { set: { 'webhooks.timeout_ms': 1_000 } } : {});
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
      // The other rooms follow once it has failed: requests that were under way together would still arrive afterwards.
      const [first, ...others] = rooms as [string, ...string[]];
      await hooks.sent(first, first);
      await hooks.untilOpen();
      for (const room of others) await hooks.sent(room, room);
      const before = hooks.consumer.asked.length;
      assert.equal(before, 1);
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
      assert.deepEqual((await hooks.webhooks.deadLetters(undefined, 100)).letters, []);
      assert.equal((await hooks.webhooks.status())[0]?.state, 'closed');
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
      await eventually(() => assert.equal(hooks.consumer.taken.length, many.length), { timeoutMs: 20_000 });
      assert.deepEqual(hooks.consumer.taken.map(({ event }) => event.room).sort(), [...many].sort());
    });

    test('410 disables the target until it is enabled; then it gets the pending events', async () => {
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
  });
}
