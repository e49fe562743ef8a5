// Frames reach every subscriber of their room and no other.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { BusFrame } from '../../src/contract/frames.ts';
import { shardOf } from '../../src/shard.ts';
import { commitOf, listenTo, type MakeEngine, message, owned } from './case-kit.ts';

export function subscriptionCases(engine: MakeEngine): void {
  describe('subscriptions', () => {
    test('a subscriber that throws does not affect the others', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.frames.subscribe('live:1', {
        frame: () => {
          throw new Error('mine');
        },
        resumed: () => {},
      });
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() => assert.equal(frames.length, 1));
    });

    test('subscribed is true from the first subscription until the last is closed', async () => {
      const { bus } = await engine();
      assert.equal(await bus.frames.subscribed('live:1'), false);
      const subscriber = { frame: () => {}, resumed: () => {} };
      const first = await bus.frames.subscribe('live:1', subscriber);
      const second = await bus.frames.subscribe('live:1', subscriber);
      assert.equal(await bus.frames.subscribed('live:1'), true);
      assert.equal(await bus.frames.subscribed('live:2'), false);
      await first.close();
      assert.equal(await bus.frames.subscribed('live:1'), true);
      await second.close();
      await eventually(async () => assert.equal(await bus.frames.subscribed('live:1'), false));
    });

    test('a closed subscription gets no frames; another of the same room does', async () => {
      const made = await engine();
      const { bus, config } = made;
      const gone: BusFrame[] = [];
      const subscription = await bus.frames.subscribe('live:1', { frame: (frame) => gone.push(frame), resumed: () => {} });
      const frames = await listenTo(bus, 'live:1');
      await subscription.close();
      const lease = await owned(bus, 'live:1', config);
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() => assert.equal(frames.length, 1));
      assert.deepEqual(gone, []);
    });

    test('each subscriber of a room gets each frame once; another room of the shard gets none', async () => {
      const made = await engine();
      const { bus, config } = made;
      assert.equal(shardOf('live:1', config.shards), shardOf('live:29', config.shards), 'both rooms are of one shard');
      const [first, second] = [await listenTo(bus, 'live:1'), await listenTo(bus, 'live:1')];
      const neighbour = await listenTo(bus, 'live:29');
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      const commit = await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config));
      await bus.streams.commit(commit);
      await eventually(() => assert.deepEqual([first, second], [[commit.frame], [commit.frame]]));
      assert.deepEqual(neighbour, []);
    });

    test('a subscription after the last one closed gets frames again', async () => {
      const made = await engine();
      const { bus, config } = made;
      const gone: BusFrame[] = [];
      const subscription = await bus.frames.subscribe('live:1', { frame: (frame) => gone.push(frame), resumed: () => {} });
      // Close and subscribe concurrently: the unsubscribe of the first must not remove the second.
      const [, frames] = await Promise.all([subscription.close(), listenTo(bus, 'live:1')]);
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config)));
      await eventually(() => assert.equal(frames.length, 1));
      await subscription.close();
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'b')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config)));
      await eventually(() => assert.equal(frames.length, 2));
      assert.deepEqual(gone, []);
    });

    test('a frame published before the subscription is not delivered', async () => {
      const made = await engine();
      const { bus, config } = made;
      const lease = await owned(bus, 'live:1', config);
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', lease));
      // A barrier: frames in flight to earlier subscribers have arrived.
      const barrier = await listenTo(bus, 'live:2');
      await bus.ingress.publish([message(config, 'live:2', 'gift', 'b')]);
      await bus.streams.commit(await commitOf(made, 'live:2', 'gift', await owned(bus, 'live:2', config)));
      await eventually(() => assert.equal(barrier.length, 1));
      const frames = await listenTo(bus, 'live:1');
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'c')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() =>
        assert.deepEqual(
          frames.map(({ head }) => head.ranges.gift),
          [[2, 2]],
        ),
      );
    });
  });
}
