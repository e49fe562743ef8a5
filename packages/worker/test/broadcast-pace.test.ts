// The shared pace of broadcasts: bookings, concurrent bookings, clocks and outages.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Records } from '@danmux/bus';
import { JobPaused } from '@danmux/jobs';
import { DanmuxError } from '@danmux/protocol';
import { endProcesses, engines, FakeClock, type Process, withMethods } from '@danmux/testkit/engines';
import { BroadcastPace } from '../src/broadcast-pace.ts';

const { signal } = new AbortController();

for (const engine of engines) {
  describe(`the pace of broadcasts on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(endProcesses);
    after(() => engine.close());

    async function open(): Promise<Process & { readonly clock: FakeClock }> {
      const clock = new FakeClock();
      const [process] = (await engine.processes(1, {}, clock)) as [Process];
      return { ...process, clock };
    }

    test('a booking waits for earlier bookings, and not for past ones', async () => {
      const { runtime, bus, clock } = await open();
      const [one, other] = [new BroadcastPace(runtime, bus), new BroadcastPace(runtime, bus)];
      assert.equal(await one.book(100, signal), 0);
      assert.equal(await other.book(50, signal), 100);
      assert.equal(await one.book(100, signal), 150);
      clock.advance(200);
      assert.equal(await one.book(100, signal), 50);
      clock.advance(10_000);
      assert.equal(await other.book(100, signal), 0);
    });

    test('concurrent bookings follow each other', async () => {
      const { runtime, bus } = await open();
      const waits = await Promise.all(Array.from({ length: 8 }, () => new BroadcastPace(runtime, bus).book(10, signal)));
      assert.deepEqual(
        waits.sort((a, b) => a - b),
        [0, 10, 20, 30, 40, 50, 60, 70],
      );
    });

    test('a booking by a clock far ahead blocks no broadcast', async () => {
      const { runtime, bus } = await open();
      const ahead = withMethods(runtime, { clock: new FakeClock(runtime.clock.now() + 3_600_000) });
      assert.equal(await new BroadcastPace(ahead, bus).book(100, signal), 0);
      assert.equal(await new BroadcastPace(runtime, bus).book(100, signal), 100);
    });
  });
}

test('a booking is retried while the store is away, unless the process ends', async () => {
  const [engine] = engines as [(typeof engines)[number]];
  const [{ runtime, bus }] = (await engine.processes(1)) as [Process];
  let away = 1;
  const get: Records['get'] = async (record) => {
    if (away-- > 0) throw new DanmuxError('unavailable');
    return bus.records.get(record);
  };
  const pace = new BroadcastPace(runtime, { records: withMethods(bus.records, { get }) });
  assert.equal(await pace.book(10, signal), 0);
  away = 1;
  await assert.rejects(pace.book(10, AbortSignal.abort()), JobPaused);
  await endProcesses();
});
