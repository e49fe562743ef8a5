// Recall: a tombstone replaces the message in history, and its id stays in `recalled` as long as history lasts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Msg } from '@danmux/protocol';
import { bodyOfParts } from '../../src/message/combo-parts.ts';
import { tombstone } from '../../src/message-text.ts';
import { shardOf } from '../../src/shard.ts';
import { commitOf, type Engine, type MakeEngine, message, offsetsOf, owned } from './case-kit.ts';

const room = 'live:1';

export function recallCases(engine: MakeEngine): void {
  describe('recall', () => {
    /** Commits this many messages to a room, with the ids `m1`, `m2`… or the given ones. */
    const filled = async (lane: 'gift' | 'chat', ids: number | readonly string[]): Promise<Engine> => {
      const made = await engine();
      const all = typeof ids === 'number' ? Array.from({ length: ids }, (_, index) => `m${index + 1}`) : ids;
      await append(made, lane, all);
      return made;
    };
    const append = async (made: Engine, lane: 'gift' | 'chat', ids: readonly string[]) => {
      const { bus, config } = made;
      const lease = await owned(bus, room, config);
      for (let from = 0; from < ids.length; from += 100) {
        await bus.ingress.publish(ids.slice(from, from + 100).map((id) => message(config, room, lane, id)));
        assert.deepEqual(await bus.streams.commit(await commitOf(made, room, lane, lease)), { ok: true });
      }
    };
    const parsed = (texts: readonly string[]) => texts.map((text) => JSON.parse(text) as Msg);
    /** `t3` for a tombstone, `3` for a message. */
    const shape = (texts: readonly string[]) => parsed(texts).map(({ offset, type }) => (type === 'recalled' ? `t${offset}` : String(offset)));

    test('recalling a message in history replaces it by a tombstone and records its id', async () => {
      const { bus, clock } = await filled('gift', 3);
      const began = clock.now();
      assert.deepEqual(await bus.streams.recall(room, 'm2'), { found: true });
      const texts = await bus.streams.since(room, 'gift', 0, 3, 10);
      const [, second] = parsed(texts);
      assert.ok(second && second.ts >= began && second.ts <= clock.now(), 'the tombstone has the time of the recall');
      assert.equal(texts[1], tombstone('gift', 2, 'm2', second.ts));
      assert.deepEqual(second, { lane: 'gift', offset: 2, id: 'm2', type: 'recalled', data: null, ts: second.ts });
      assert.deepEqual(shape(texts), ['1', 't2', '3']);
      assert.deepEqual((await bus.streams.history(room, 'gift', undefined, 10)).msgs, texts);
      assert.deepEqual((await bus.streams.recalled(room)).ids, ['m2']);
      assert.deepEqual((await bus.streams.heads(room)).offsets, { control: 0, gift: 3, chat: 0 });
    });

    test('recalling a message that waits in the ingress or never existed returns found false and records the id', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.ingress.publish([message(config, room, 'chat', 'waits')]);
      assert.deepEqual(await bus.streams.recall(room, 'waits'), { found: false });
      assert.deepEqual(await bus.streams.recall(room, 'never'), { found: false });
      assert.deepEqual(await bus.streams.recall(room, 'never'), { found: false });
      assert.deepEqual([...(await bus.streams.recalled(room)).ids].sort(), ['never', 'waits']);
      assert.deepEqual((await bus.streams.recalled('live:2')).ids, []);
      assert.deepEqual(await bus.streams.recall('live:29', 'waits'), { found: false }, 'rooms of one shard are independent');
      assert.deepEqual((await bus.streams.recalled('live:29')).ids, ['waits']);
    });

    test('a repeated recall is found and changes nothing; a message committed after its recall is found too', async () => {
      const made = await filled('gift', 3);
      const { bus } = made;
      await bus.streams.recall(room, 'm2');
      const texts = await bus.streams.since(room, 'gift', 0, 3, 10);
      assert.deepEqual(await bus.streams.recall(room, 'm2'), { found: true });
      assert.deepEqual(await bus.streams.since(room, 'gift', 0, 3, 10), texts);
      assert.deepEqual((await bus.streams.recalled(room)).ids, ['m2']);
      assert.deepEqual(await bus.streams.recall(room, 'late'), { found: false });
      await append(made, 'gift', ['late']);
      assert.deepEqual(await bus.streams.recall(room, 'late'), { found: true });
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 9, 10)), ['1', 't2', '3', 't4']);
    });

    test('the id must match exactly, and never matches text inside a message', async () => {
      const odd = ['a', 'a"', 'a\\', 'aa', 'A', '弹幕 🎁', '%d', '{"lane":"gift","offset":1,"id":"x"', '\n'];
      const { bus } = await filled('gift', odd);
      assert.deepEqual(await bus.streams.recall(room, 'x'), { found: false });
      assert.deepEqual(await bus.streams.recall(room, 'chat'), { found: false });
      for (const [index, id] of odd.entries()) {
        assert.deepEqual(await bus.streams.recall(room, id), { found: true }, id);
        assert.deepEqual(
          shape(await bus.streams.since(room, 'gift', 0, 99, 99)),
          odd.map((_, at) => (at <= index ? `t${at + 1}` : String(at + 1))),
        );
      }
      assert.deepEqual(
        parsed(await bus.streams.since(room, 'gift', 0, 99, 99)).map(({ id }) => id),
        odd,
      );
      assert.deepEqual([...(await bus.streams.recalled(room)).ids].sort(), ['x', 'chat', ...odd].sort());
    });

    test('each lane has its own tombstones, and the oldest message of a long stream is found', async () => {
      const made = await filled('gift', 650);
      const { bus } = made;
      await append(made, 'chat', ['c1', 'c2']);
      assert.deepEqual(await bus.streams.recall(room, 'm1'), { found: true });
      assert.deepEqual(await bus.streams.recall(room, 'c1'), { found: true });
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 3, 10)), ['t1', '2', '3']);
      assert.deepEqual(shape(await bus.streams.since(room, 'chat', 0, 3, 10)), ['t1', '2']);
    });

    test('since has no gaps with tombstones at its ends, side by side or at the limit', async () => {
      const { bus } = await filled('gift', 10);
      for (const id of ['m1', 'm4', 'm5', 'm6', 'm10']) await bus.streams.recall(room, id);
      const all = ['t1', '2', '3', 't4', 't5', 't6', '7', '8', '9', 't10'];
      for (let after = 0; after <= 10; after++) {
        for (let upTo = after; upTo <= 12; upTo++) {
          for (const limit of [1, 2, 3, 5, 20])
            assert.deepEqual(
              shape(await bus.streams.since(room, 'gift', after, upTo, limit)),
              all.slice(after, upTo).slice(0, limit),
              `${after}, ${upTo}, ${limit}`,
            );
        }
      }
    });

    test('history pages with tombstones have no gaps and no repeats', async () => {
      const { bus } = await filled('gift', 10);
      for (const id of ['m1', 'm4', 'm5', 'm6', 'm10']) await bus.streams.recall(room, id);
      const all = ['t1', '2', '3', 't4', 't5', 't6', '7', '8', '9', 't10'];
      for (let before = 1; before <= 12; before++) {
        for (const limit of [1, 2, 3, 5, 9, 10, 20]) {
          const { msgs, more } = await bus.streams.history(room, 'gift', before === 12 ? undefined : before, limit);
          const older = all.slice(0, before - 1);
          assert.deepEqual([shape(msgs), more], [older.slice(-limit), older.length > limit], `${before}, ${limit}`);
        }
      }
    });

    test('when all messages are recalled, all are tombstones, and the next message follows them', async () => {
      const made = await filled('gift', 2);
      const { bus } = made;
      for (const id of ['m1', 'm2']) await bus.streams.recall(room, id);
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 2, 10)), ['t1', 't2']);
      assert.deepEqual(shape((await bus.streams.history(room, 'gift', undefined, 1)).msgs), ['t2']);
      await append(made, 'gift', ['m3']);
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 9, 10)), ['t1', 't2', '3']);
    });

    test('trimming history removes its tombstones too and leaves no gap', async () => {
      const made = await filled('chat', 150);
      const { bus } = made;
      for (const id of ['m2', 'm3', 'm100']) assert.deepEqual(await bus.streams.recall(room, id), { found: true });
      await append(
        made,
        'chat',
        Array.from({ length: 600 }, (_, index) => `n${index}`),
      );
      const kept = await bus.streams.since(room, 'chat', 0, 9_999, 9_999);
      const offsets = offsetsOf(kept);
      assert.ok(offsets.length >= 190 && offsets.length < 500, `${offsets.length} are kept`);
      assert.deepEqual(
        offsets,
        Array.from({ length: offsets.length }, (_, index) => 751 - offsets.length + index),
      );
      await bus.streams.recall(room, 'n550');
      assert.ok(shape(await bus.streams.since(room, 'chat', 0, 9_999, 9_999)).includes('t701'), 'the new tombstone is in the stream');
    });

    /** Commits gifts of one combo as one message, as a relay does; each gift has count 10. */
    const appendCombo = async (made: Engine, ids: readonly string[]) => {
      const { bus, config } = made;
      await bus.ingress.publish(ids.map((id) => message(config, room, 'gift', id, { count: 10 })));
      const gifts = (await bus.ingress.read(shardOf(room, config.shards), 'gift', undefined, 1_000)).filter((one) => one.room === room);
      const newest = gifts.at(-1);
      assert.ok(newest);
      const joined = { ...newest, body: bodyOfParts(gifts.map(({ body }) => body)) };
      const commit = await commitOf(made, room, 'gift', await owned(bus, room, config), [joined]);
      assert.deepEqual(await bus.streams.commit({ ...commit, entries: { gift: gifts.map(({ entry }) => entry) } }), { ok: true });
    };
    const counts = (texts: readonly string[]) =>
      parsed(texts).map(({ id, type, data, parts }) => [
        type === 'recalled' ? 'recalled' : id,
        (data as { count?: number } | null)?.count,
        parts?.map((part) => part.id),
      ]);

    test('recalling a part of a combo removes it and lowers the count; recalling the last part leaves a tombstone', async () => {
      const made = await filled('gift', ['g0']);
      const { bus } = made;
      await appendCombo(made, ['g1', 'g2', 'g3']);
      assert.deepEqual(counts(await bus.streams.since(room, 'gift', 1, 2, 10)), [['g3', 30, ['g1', 'g2', 'g3']]]);
      assert.deepEqual(await bus.streams.recall(room, 'g1'), { found: true });
      assert.deepEqual(counts(await bus.streams.since(room, 'gift', 1, 2, 10)), [['g3', 20, ['g2', 'g3']]]);
      assert.deepEqual(await bus.streams.recall(room, 'g3'), { found: true }, 'the id of the message is the id of one part');
      assert.deepEqual(await bus.streams.recall(room, 'g3'), { found: true });
      assert.deepEqual(counts(await bus.streams.since(room, 'gift', 0, 2, 10)), [
        ['g0', undefined, undefined],
        ['g3', 10, ['g2']],
      ]);
      assert.deepEqual(await bus.streams.recall(room, 'g2'), { found: true });
      assert.deepEqual(shape((await bus.streams.history(room, 'gift', undefined, 10)).msgs), ['1', 't2']);
      assert.deepEqual(await bus.streams.recall(room, 'g0'), { found: true });
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 2, 10)), ['t1', 't2']);
    });

    test('only `parts` written by danmux count, never those in a gift’s data', async () => {
      const made = await engine();
      const { bus, config } = made;
      const said = { parts: [{ id: 'x', count: 1 }], text: ',"parts":[{"id":"x","count":1}],"type":"' };
      await bus.ingress.publish([message(config, room, 'gift', 'g1', said), message(config, room, 'gift', ',"parts":[{"id":"x","count":1', said)]);
      assert.deepEqual(await bus.streams.commit(await commitOf(made, room, 'gift', await owned(bus, room, config))), { ok: true });
      assert.deepEqual(await bus.streams.recall(room, 'x'), { found: false });
      assert.deepEqual(await bus.streams.recall(room, 'g1'), { found: true });
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 2, 10)), ['t1', '2']);
    });

    test('a new epoch after lost heads has no old tombstones', async () => {
      const made = await filled('gift', 3);
      const { bus } = made;
      await bus.streams.recall(room, 'm2');
      await made.wipe();
      await append(made, 'gift', ['n1', 'n2', 'n3']);
      assert.deepEqual(shape(await bus.streams.since(room, 'gift', 0, 9, 9)), ['1', '2', '3']);
    });
  });
}
