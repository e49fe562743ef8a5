// A room's streams: stable heads, messages by offset and by page, a new epoch after a loss of all data.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commitOf, type MakeEngine, message, offsetsOf, owned } from './case-kit.ts';

export function streamCases(engine: MakeEngine): void {
  describe('streams', () => {
    const filled = async (lane: 'gift' | 'chat', count: number, room = 'live:1') => {
      const made = await engine();
      const { bus, config } = made;
      const lease = await owned(bus, room, config);
      for (let from = 0; from < count; from += 100) {
        await bus.ingress.publish(
          Array.from({ length: Math.min(100, count - from) }, (_, index) => message(config, room, lane, `${lane}-${from + index + 1}`)),
        );
        assert.deepEqual(await bus.streams.commit(await commitOf(made, room, lane, lease)), { ok: true });
      }
      return made;
    };

    test('the heads of a room change only with a commit', async () => {
      const { bus } = await engine();
      const first = await bus.streams.heads('live:1');
      assert.deepEqual(first.offsets, { control: 0, gift: 0, chat: 0 });
      assert.ok(first.epoch.length > 0);
      assert.deepEqual(await bus.streams.heads('live:1'), first);
      assert.notEqual((await bus.streams.heads('live:2')).epoch, first.epoch);
    });

    test('since returns the messages between two offsets, lowest first, up to the limit', async () => {
      const { bus } = await filled('gift', 20);
      assert.deepEqual(offsetsOf(await bus.streams.since('live:1', 'gift', 5, 9, 100)), [6, 7, 8, 9]);
      assert.deepEqual(offsetsOf(await bus.streams.since('live:1', 'gift', 5, 20, 3)), [6, 7, 8]);
      assert.deepEqual(await bus.streams.since('live:1', 'gift', 20, 20, 10), []);
      assert.deepEqual(await bus.streams.since('live:1', 'chat', 0, 20, 10), []);
      assert.deepEqual(await bus.streams.since('live:9', 'gift', 0, 20, 10), []);
    });

    test('history returns pages from the newest to the oldest; each page is lowest first', async () => {
      const { bus } = await filled('gift', 25);
      const newest = await bus.streams.history('live:1', 'gift', undefined, 10);
      assert.deepEqual([offsetsOf(newest.msgs), newest.more], [Array.from({ length: 10 }, (_, index) => index + 16), true]);
      const last = await bus.streams.history('live:1', 'gift', 6, 10);
      assert.deepEqual([offsetsOf(last.msgs), last.more], [[1, 2, 3, 4, 5], false]);
      assert.deepEqual(await bus.streams.history('live:9', 'gift', undefined, 10), { msgs: [], more: false });
    });

    test('a lane keeps at least its history size and trims the oldest messages', async () => {
      const { bus } = await filled('chat', 900);
      const kept = await bus.streams.since('live:1', 'chat', 0, 900, 1_000);
      assert.ok(kept.length >= 200 && kept.length < 500, `${kept.length} are kept`);
      assert.equal(offsetsOf(kept).at(-1), 900);
    });

    test('a user room keeps more messages of every lane', async () => {
      const { bus } = await filled('chat', 900, '@3');
      assert.equal((await bus.streams.since('@3', 'chat', 0, 900, 1_000)).length, 900);
    });

    test('after a loss of all data a new epoch begins, and a commit numbered before is refused', async () => {
      const made = await filled('gift', 3);
      const { bus, config } = made;
      const before = await bus.streams.heads('live:1');
      await made.wipe();
      const after = await bus.streams.heads('live:1');
      assert.notEqual(after.epoch, before.epoch);
      assert.deepEqual(after.offsets, { control: 0, gift: 0, chat: 0 });
      const lease = await owned(bus, 'live:1', config, 'you');
      const result = await bus.streams.commit({ room: 'live:1', lease, expected: before, messages: { gift: ['{}'] }, entries: {}, frame: null, counts: {} });
      assert.deepEqual(result, { ok: false, reason: 'moved' });
      assert.deepEqual(await bus.streams.since('live:1', 'gift', 0, 10, 10), []);
    });

    test('since returns nothing before the first or after the last message', async () => {
      const { bus } = await filled('gift', 5);
      assert.deepEqual(offsetsOf(await bus.streams.since('live:1', 'gift', 0, 1, 10)), [1]);
      assert.deepEqual(offsetsOf(await bus.streams.since('live:1', 'gift', 4, 99, 10)), [5]);
      assert.deepEqual(await bus.streams.since('live:1', 'gift', 5, 99, 10), []);
      assert.deepEqual(await bus.streams.since('live:1', 'gift', 7, 3, 10), []);
      assert.deepEqual(await bus.streams.since('live:1', 'gift', 0, 5, 0), []);
    });

    test('history pages down to the first message have no gaps and no repeats', async () => {
      const { bus } = await filled('gift', 23);
      const pages: number[][] = [];
      let before: number | undefined;
      for (let more = true; more; ) {
        const page = await bus.streams.history('live:1', 'gift', before, 5);
        pages.unshift(offsetsOf(page.msgs));
        [before, more] = [pages[0]?.[0], page.more];
      }
      assert.equal(pages.length, 5);
      assert.deepEqual(
        pages.flat(),
        Array.from({ length: 23 }, (_, index) => index + 1),
      );
    });

    test('`more` is true exactly when an older message exists', async () => {
      const { bus } = await filled('gift', 10);
      const page = async (before: number | undefined, limit: number) => {
        const { msgs, more } = await bus.streams.history('live:1', 'gift', before, limit);
        return [offsetsOf(msgs), more];
      };
      const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
      assert.deepEqual(await page(undefined, 10), [all, false]);
      assert.deepEqual(await page(undefined, 9), [all.slice(1), true]);
      assert.deepEqual(await page(99, 100), [all, false]);
      assert.deepEqual(await page(4, 3), [[1, 2, 3], false]);
      assert.deepEqual(await page(4, 2), [[2, 3], true]);
      assert.deepEqual(await page(1, 5), [[], false]);
      assert.deepEqual(await page(0, 5), [[], false]);
      assert.deepEqual(await page(undefined, 0), [[], true]);
    });

    test('each lane of a room is a separate stream', async () => {
      const made = await filled('gift', 2);
      const { bus, config } = made;
      await bus.ingress.publish([message(config, 'live:1', 'notice', 'n'), message(config, 'live:1', 'chat', 'c')]);
      const lease = await owned(bus, 'live:1', config);
      for (const lane of ['control', 'chat'] as const) assert.deepEqual(await bus.streams.commit(await commitOf(made, 'live:1', lane, lease)), { ok: true });
      assert.deepEqual((await bus.streams.heads('live:1')).offsets, { control: 1, gift: 2, chat: 1 });
      assert.deepEqual(offsetsOf((await bus.streams.history('live:1', 'control', undefined, 10)).msgs), [1]);
      assert.deepEqual(offsetsOf((await bus.streams.history('live:1', 'gift', undefined, 10)).msgs), [1, 2]);
    });

    test('concurrent first reads of a room’s heads all get the same epoch', async () => {
      const { bus } = await engine();
      const answers = await Promise.all(Array.from({ length: 10 }, () => bus.streams.heads('live:1')));
      assert.equal(new Set(answers.map(({ epoch }) => epoch)).size, 1);
    });
  });
}
