// Frames reach those who listen, and only them, whatever the others do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BusFrame } from '../../src/bus.ts';
import { eventually } from '../eventually.ts';
import { commitOf, listenTo, type MakeEngine, message, owned } from './case-kit.ts';

export function subscriptionCases(engine: MakeEngine): void {
  describe('subscriptions', () => {
    test('a subscriber that throws harms nobody else', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.subscribe('live:1', {
        frame: () => {
          throw new Error('mine');
        },
        resumed: () => {},
      });
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() => assert.equal(frames.length, 1));
    });

    test('a closed subscription gets nothing more, another of the room does', async () => {
      const made = await engine();
      const { bus, config } = made;
      const gone: BusFrame[] = [];
      const subscription = await bus.subscribe('live:1', { frame: (frame) => gone.push(frame), resumed: () => {} });
      const frames = await listenTo(bus, 'live:1');
      await subscription.close();
      const lease = await owned(bus, 'live:1', config);
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() => assert.equal(frames.length, 1));
      assert.deepEqual(gone, []);
    });
  });
}
