// Reading an ingress in order, repeatedly, and its notifications.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { shardOf } from '../../src/shard.ts';
import { commitOf, type MakeEngine, message, owned, readIds } from './case-kit.ts';

export function ingressCases(engine: MakeEngine): void {
  describe('read and listen', () => {
    test('reading removes nothing, continues after a cursor and stops at the limit', async () => {
      const { bus, config } = await engine();
      const shard = shardOf('live:1', config.shards);
      await bus.ingress.publish(['a', 'b', 'c', 'd'].map((id) => message(config, 'live:1', 'gift', id)));
      const first = await bus.ingress.read(shard, 'gift', undefined, 2);
      assert.deepEqual(
        first.map(({ id }) => id),
        ['a', 'b'],
      );
      const rest = await bus.ingress.read(shard, 'gift', first.at(-1)?.entry, 10);
      assert.deepEqual(
        rest.map(({ id }) => id),
        ['c', 'd'],
      );
      assert.deepEqual(await bus.ingress.read(shard, 'gift', rest.at(-1)?.entry, 10), []);
      assert.deepEqual(await readIds(bus, shard, 'gift'), ['a', 'b', 'c', 'd']);
      assert.deepEqual(await readIds(bus, shard, 'chat'), []);
    });

    test('read returns the weight of chat and the combo of a gift', async () => {
      const { bus, config } = await engine();
      const shard = shardOf('live:1', config.shards);
      const weight = { sender: 'ann 安 "x"', rank: 507, content: 4_000_000_000 };
      await bus.ingress.publish([
        { ...message(config, 'live:1', 'chat', 'c'), weight },
        { ...message(config, 'live:1', 'gift', 'g'), combo: 'gift ann c1' },
        message(config, 'live:1', 'gift', 'h'),
      ]);
      const [chat] = await bus.ingress.read(shard, 'chat', undefined, 10);
      assert.deepEqual([chat?.weight, chat?.combo], [weight, undefined]);
      assert.deepEqual(
        (await bus.ingress.read(shard, 'gift', undefined, 10)).map((gift) => [gift.combo, gift.weight]),
        [
          ['gift ann c1', undefined],
          [undefined, undefined],
        ],
      );
    });

    test('read returns marks exactly as published, and none when there were none', async () => {
      const { bus, config } = await engine();
      const marks = [
        { receipt: true },
        { expires_at: 1_700_000_000_000 },
        { recalls: 'a "b"\n弹幕' },
        { to: 'user 1' },
        { receipt: true, expires_at: 1, recalls: '', to: '' },
      ] as const;
      const plain = message(config, 'live:1', 'gift', 'plain');
      await bus.ingress.publish([...marks.map((marked, index) => ({ ...message(config, 'live:1', 'gift', `g${index}`), marks: marked })), plain]);
      const read = await bus.ingress.read(shardOf('live:1', config.shards), 'gift', undefined, 10);
      assert.deepEqual(
        read.map((one) => one.marks),
        [...marks, undefined],
      );
      assert.equal('marks' in (read.at(-1) ?? {}), false);
    });

    test('a listener of the shard is notified, a closed one is not', async () => {
      const { bus, config } = await engine();
      const shard = shardOf('live:1', config.shards);
      let kept = 0;
      let closed = 0;
      await bus.ingress.listen(shard, () => kept++);
      const subscription = await bus.ingress.listen(shard, () => closed++);
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      await eventually(() => assert.equal(kept, 1));
      await subscription.close();
      const before = closed;
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'b')]);
      await eventually(() => assert.equal(kept, 2));
      assert.equal(closed, before);
    });

    test('reading continues after a cursor whose entry was committed; without a cursor it begins at the oldest entry left', async () => {
      const made = await engine();
      const { bus, config } = made;
      const shard = shardOf('live:1', config.shards);
      await bus.ingress.publish(['a', 'b', 'c', 'd'].map((id) => message(config, 'live:1', 'gift', id)));
      const first = await bus.ingress.read(shard, 'gift', undefined, 2);
      assert.deepEqual(await bus.streams.commit(await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config), first)), { ok: true });
      assert.deepEqual(
        (await bus.ingress.read(shard, 'gift', first.at(-1)?.entry, 10)).map(({ id }) => id),
        ['c', 'd'],
      );
      assert.deepEqual(await readIds(bus, shard, 'gift'), ['c', 'd']);
    });

    test('entries stored after a lane was emptied are read after the same cursor', async () => {
      const made = await engine();
      const { bus, config } = made;
      const shard = shardOf('live:1', config.shards);
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      const first = await bus.ingress.read(shard, 'gift', undefined, 10);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config), first));
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'b')]);
      assert.deepEqual(
        (await bus.ingress.read(shard, 'gift', first.at(-1)?.entry, 10)).map(({ id }) => id),
        ['b'],
      );
    });

    test('the first entry of every lane notifies listeners of its shard only', async () => {
      const { bus, config } = await engine();
      const [mine, others] = [shardOf('live:1', config.shards), shardOf('live:2', config.shards)];
      assert.notEqual(mine, others);
      let rung = 0;
      let elsewhere = 0;
      await bus.ingress.listen(mine, () => rung++);
      await bus.ingress.listen(others, () => elsewhere++);
      for (const [index, type] of (['notice', 'gift', 'chat', 'like'] as const).entries()) {
        await bus.ingress.publish([message(config, 'live:1', type, `m${index}`)]);
        await eventually(() => assert.equal(rung, index + 1));
      }
      assert.equal(elsewhere, 0);
    });
  });
}
