// The pace that broadcasts share: turns, and what does not stop them.
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

    test('each waits for what others booked before, and not for what was over', async () => {
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

    test('those that book at the same time wait for each other', async () => {
      const { runtime, bus } = await open();
      const waits = await Promise.all(Array.from({ length: 8 }, () => new BroadcastPace(runtime, bus).book(10, signal)));
      assert.deepEqual(
        waits.sort((a, b) => a - b),
        [0, 10, 20, 30, 40, 50, 60, 70],
      );
    });

    test('a clock that is far ahead stops nobody', async () => {
      const { runtime, bus } = await open();
      const ahead = withMethods(runtime, { clock: new FakeClock(runtime.clock.now() + 3_600_000) });
      assert.equal(await new BroadcastPace(ahead, bus).book(100, signal), 0);
      assert.equal(await new BroadcastPace(runtime, bus).book(100, signal), 100);
    });
  });
}

test('a store that is away for a moment is asked again, unless the process ends', async () => {
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
