// Room traffic: counts add up, rates are those of the last row.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MakeEngine } from './case-kit.ts';

const lanes = { control: 0, gift: 0, chat: 0, ambient: 0 };

export function trafficCases(engine: MakeEngine): void {
  describe('traffic', () => {
    test('counts of a room add up and its last rates replace earlier ones; rooms are independent', async () => {
      const { bus } = await engine();
      assert.equal(await bus.traffic.find('live:1'), null);
      const row = {
        room: 'live:1',
        at: 1_000,
        perSecond: { ...lanes, chat: 12.5 },
        counts: { sequenced: { chat: 50, gift: 1 }, shed: { chat: { budget: 7 } } },
      };
      await bus.traffic.add([row, { room: 'live:2', at: 2_000, perSecond: lanes, counts: {} }]);
      await bus.traffic.add([
        { ...row, at: 6_000, perSecond: { ...lanes, chat: 1 }, counts: { sequenced: { chat: 5 }, shed: { chat: { budget: 1, expired: 2 } } } },
      ]);
      assert.deepEqual(await bus.traffic.find('live:1'), {
        ...{ at: 6_000, perSecond: { ...lanes, chat: 1 }, sequenced: { ...lanes, chat: 55, gift: 1 } },
        shed: { control: {}, gift: {}, chat: { budget: 8, expired: 2 }, ambient: {} },
      });
      assert.deepEqual((await bus.traffic.find('live:2'))?.sequenced, lanes);
      await bus.traffic.add([]);
    });
  });
}
