// The event log: one per shard, appended by commits and by emit, in order, capped with a count of dropped events.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { compareEntries } from '../../src/engine/entry-order.ts';
import { shardOf } from '../../src/shard.ts';
import { commitOf, type MakeEngine, message, owned } from './case-kit.ts';

const room = 'live:1';

export function eventCases(engine: MakeEngine): void {
  describe('event log', () => {
    const opened = async (set?: Readonly<Record<string, unknown>>) => {
      const made = await engine(set);
      const shard = shardOf(room, made.config.shards);
      const texts = async (after?: string, limit = 1_000) => (await made.bus.events.read(shard, after, limit)).map(({ text }) => text);
      return { ...made, shard, texts };
    };

    test('events are read in append order, after an entry id, up to a limit; reading removes nothing', async () => {
      const { bus, shard, texts } = await opened();
      await bus.events.emit(room, ['{"n":1}', '{"n":"弹幕\\n"}']);
      await bus.events.emit('live:29', ['{"n":3}']);
      await bus.events.emit(room, []);
      await bus.events.emit('live:2', ['elsewhere']);
      assert.deepEqual(await texts(), ['{"n":1}', '{"n":"弹幕\\n"}', '{"n":3}']);
      const [first, second, third] = await bus.events.read(shard, undefined, 10);
      assert.ok(first && second && third, 'there are three');
      assert.deepEqual(await texts(first.entry, 1), ['{"n":"弹幕\\n"}']);
      assert.deepEqual(await texts(third.entry), []);
      assert.ok(compareEntries(first.entry, second.entry) < 0 && compareEntries(third.entry, second.entry) > 0, 'entry ids are in order');
      assert.equal(compareEntries(first.entry, first.entry), 0);
    });

    test('a commit appends its events in order with those of emit; a refused commit appends none', async () => {
      const made = await opened();
      const { bus, config, texts } = made;
      const lease = await owned(bus, room, config);
      await bus.events.emit(room, ['before']);
      for (const id of ['a', 'b']) {
        await bus.ingress.publish([message(config, room, 'gift', id)]);
        const commit = await commitOf(made, room, 'gift', lease);
        assert.deepEqual(await bus.streams.commit({ ...commit, events: [`${id}1`, `${id}2`] }), { ok: true });
        assert.deepEqual(await bus.streams.commit({ ...commit, events: ['again'] }), { ok: false, reason: 'moved' });
        assert.deepEqual(await bus.streams.commit({ ...commit, lease: { ...lease, token: 99 }, events: ['fenced'] }), { ok: false, reason: 'fenced' });
      }
      const commit = await commitOf(made, room, 'gift', lease);
      assert.deepEqual(await bus.streams.commit({ ...commit, messages: {}, entries: {}, frame: null, counts: {}, events: ['alone'] }), { ok: true });
      await bus.events.emit(room, ['after']);
      assert.deepEqual(await texts(), ['before', 'a1', 'a2', 'b1', 'b2', 'alone', 'after']);
      assert.equal((await bus.ledger.totals()).sequenced.gift, 2);
    });

    test('at its cap a log drops and counts its oldest events; another shard drops none', async () => {
      const made = await opened({ 'webhooks.log_events': 5 });
      const { bus, config, texts } = made;
      assert.equal(await bus.events.dropped(), 0);
      await bus.events.emit(room, ['1', '2', '3', '4']);
      await bus.events.emit('live:2', ['x']);
      assert.equal(await bus.events.dropped(), 0);
      await bus.events.emit(room, ['5', '6', '7']);
      assert.deepEqual([await texts(), await bus.events.dropped()], [['3', '4', '5', '6', '7'], 2]);
      const commit = await commitOf(made, room, 'gift', await owned(bus, room, config));
      await bus.streams.commit({ ...commit, messages: {}, entries: {}, frame: null, counts: {}, events: ['8'] });
      assert.deepEqual([await texts(), await bus.events.dropped()], [['4', '5', '6', '7', '8'], 3]);
      await bus.events.emit(room, ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
      assert.deepEqual([await texts(), await bus.events.dropped()], [['c', 'd', 'e', 'f', 'g'], 10]);
      assert.deepEqual((await bus.ledger.totals()).shed, { control: {}, gift: {}, chat: {}, ambient: {} }, 'dropped events are not in the message ledger');
    });

    test('trim removes events up to an entry id inclusive, uncounted; reading continues after a trimmed cursor', async () => {
      const { bus, shard, texts } = await opened();
      await bus.events.emit(room, ['1', '2', '3', '4']);
      const [first, second, , fourth] = await bus.events.read(shard, undefined, 10);
      await bus.events.trim(shard, second?.entry ?? '');
      assert.deepEqual(await texts(), ['3', '4']);
      assert.deepEqual(await texts(first?.entry), ['3', '4']);
      await bus.events.trim(shard, first?.entry ?? '');
      assert.deepEqual(await texts(), ['3', '4']);
      await bus.events.trim(shard, fourth?.entry ?? '');
      assert.deepEqual(await texts(), []);
      await bus.events.emit(room, ['5']);
      assert.deepEqual(await texts(fourth?.entry), ['5']);
      assert.equal(await bus.events.dropped(), 0);
    });

    test('a listener is notified with the shard of appended events, also after a commit; a closed one is not', async () => {
      const made = await opened();
      const { bus, config, shard } = made;
      const rung: number[] = [];
      let gone = 0;
      const closed = await bus.events.listen(() => gone++);
      await bus.events.listen((number) => rung.push(number));
      await closed.close();
      await bus.events.emit(room, ['1']);
      await eventually(() => assert.deepEqual(rung, [shard]));
      await bus.events.emit('live:2', ['1']);
      await eventually(() => assert.deepEqual(rung, [shard, shardOf('live:2', config.shards)]));
      const commit = await commitOf(made, room, 'gift', await owned(bus, room, config));
      await bus.streams.commit({ ...commit, messages: {}, entries: {}, frame: null, counts: {}, events: ['2'] });
      await eventually(() => assert.equal(rung.length, 3));
      assert.deepEqual([rung[2], gone], [shard, 0]);
    });
  });
}
