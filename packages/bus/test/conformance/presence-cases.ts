// Presence: online counts over all edges whose reports have not expired, and the pulse of a report.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { commitOf, type MakeEngine, message, owned } from './case-kit.ts';

export function presenceCases(engine: MakeEngine): void {
  describe('presence', () => {
    const roomsOf = (counts: Readonly<Record<string, number>>) => new Map(Object.entries(counts));
    const onlineOf = (pulses: ReadonlyMap<string, { online: number }>) => new Map([...pulses].map(([name, { online }]) => [name, online]));

    test('counts add up over edges; a new report of an edge replaces its count, and 0 removes it', async () => {
      const { bus } = await engine();
      assert.deepEqual(
        onlineOf(
          await bus.presence.report(
            'e1',
            new Map([
              ['a', 3],
              ['b', 1],
            ]),
            60_000,
          ),
        ),
        new Map([
          ['a', 3],
          ['b', 1],
        ]),
      );
      assert.deepEqual(onlineOf(await bus.presence.report('e2', new Map([['a', 4]]), 60_000)), new Map([['a', 7]]));
      assert.deepEqual(onlineOf(await bus.presence.report('e1', new Map([['a', 1]]), 60_000)), new Map([['a', 5]]));
      assert.equal(await bus.presence.online('a'), 5);
      assert.deepEqual(await bus.presence.totals(), { rooms: 2, online: 6 });
      assert.deepEqual(
        onlineOf(
          await bus.presence.report(
            'e1',
            new Map([
              ['a', 0],
              ['b', 0],
            ]),
            60_000,
          ),
        ),
        new Map([
          ['a', 4],
          ['b', 0],
        ]),
      );
      assert.equal(await bus.presence.online('b'), 0);
      assert.deepEqual(await bus.presence.totals(), { rooms: 1, online: 4 });
      assert.equal(await bus.presence.online('nobody-was-here'), 0);
    });

    test('the report of a silent edge expires, and a sweep removes it', async () => {
      const { bus } = await engine();
      await bus.presence.report(
        'dead',
        new Map([
          ['a', 9],
          ['b', 2],
        ]),
        100,
      );
      await bus.presence.report('alive', new Map([['a', 1]]), 60_000);
      await eventually(async () => assert.equal(await bus.presence.online('a'), 1));
      assert.ok((await bus.sweep()).presence >= 1);
      assert.deepEqual(await bus.presence.totals(), { rooms: 1, online: 1 });
    });

    test('one report may contain many rooms', async () => {
      const { bus } = await engine();
      const counts = new Map(Array.from({ length: 2_000 }, (_, index) => [`room-${index}`, (index % 5) + 1]));
      assert.deepEqual(new Map([...onlineOf(await bus.presence.report('e1', counts, 60_000))].sort()), new Map([...counts].sort()));
      assert.deepEqual(await bus.presence.totals(), { rooms: 2_000, online: 6_000 });
    });

    test('rooms returns each non-empty room with its count over all edges; calls within a second share one read', async () => {
      const { bus } = await engine();
      await bus.presence.report(
        'e1',
        new Map([
          ['live:1', 3],
          ['live:2', 1],
          ['@3', 7],
        ]),
        60_000,
      );
      await bus.presence.report(
        'e2',
        new Map([
          ['live:1', 4],
          ['live:9', 0],
        ]),
        60_000,
      );
      const [rooms, again] = await Promise.all([bus.presence.rooms(), bus.presence.rooms()]);
      assert.deepEqual(
        new Map([...rooms].sort()),
        new Map([
          ['live:1', 7],
          ['live:2', 1],
        ]),
      );
      assert.equal(again, rooms);
      await bus.presence.report('e1', new Map([['live:2', 0]]), 60_000);
      await eventually(async () => assert.deepEqual([...(await bus.presence.rooms())], [['live:1', 7]]));
    });

    test('each report restarts the TTL of the edge in the rooms it names', async () => {
      const { bus } = await engine();
      await bus.presence.report('e1', roomsOf({ a: 1, b: 1 }), 1_000);
      await bus.presence.report('e1', roomsOf({ a: 2 }), 60_000);
      await eventually(async () => assert.equal(await bus.presence.online('b'), 0));
      assert.equal(await bus.presence.online('a'), 2);
    });

    test('removing an unknown room and an empty report are allowed', async () => {
      const { bus } = await engine();
      assert.deepEqual(onlineOf(await bus.presence.report('e1', roomsOf({ a: 0 }), 60_000)), new Map([['a', 0]]));
      assert.deepEqual(await bus.presence.report('e1', new Map(), 60_000), new Map());
      assert.deepEqual(await bus.presence.totals(), { rooms: 0, online: 0 });
    });

    test('online changes nothing', async () => {
      const { bus } = await engine();
      await bus.presence.report('e1', roomsOf({ a: 3 }), 60_000);
      for (let i = 0; i < 3; i++) assert.equal(await bus.presence.online('a'), 3);
      assert.deepEqual(await bus.presence.totals(), { rooms: 1, online: 3 });
    });

    test('sweeps correct the totals, and then remove nothing', async () => {
      const { bus } = await engine();
      await bus.presence.report('dead', roomsOf({ a: 5, b: 5, c: 5 }), 50);
      await bus.presence.report('alive', roomsOf({ a: 1, d: 1 }), 60_000);
      let found = 0;
      await eventually(async () => {
        // The three rows may expire a millisecond apart, in two sweeps.
        const removed = (await bus.sweep()).presence;
        found += removed;
        assert.deepEqual([await bus.presence.totals(), removed], [{ rooms: 2, online: 2 }, 0]);
      });
      // Rows may have expired in the store already, but only the sweep corrects the totals.
      assert.ok(found >= 1 && found <= 3, `${found} were found`);
    });
  });

  test('a pulse contains the heads of the room, or null', async () => {
    const made = await engine();
    const { bus, config } = made;
    assert.equal((await bus.presence.report('e1', new Map([['live:1', 1]]), 60_000)).get('live:1')?.heads, null);
    await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
    await bus.streams.commit(await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config)));
    assert.deepEqual((await bus.presence.report('e1', new Map([['live:1', 1]]), 60_000)).get('live:1')?.heads, await bus.streams.heads('live:1'));
  });
}
