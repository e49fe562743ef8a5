// Tests of Feeds: one feed per room, open while it is used.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Bus, RoomSubscriber } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { testRuntime } from '@danmux/testkit/unit';
import { Feeds } from '../../src/feed/feeds.ts';

let opened: string[];
let closed: string[];
let failures: number;
let closeFails: boolean;
let feeds: Feeds;
let caught: () => Promise<number>;
const offsets = { control: 0, gift: 0, chat: 0 };
beforeEach(() => {
  opened = [];
  closed = [];
  failures = 0;
  closeFails = false;
  const bus = {
    frames: {
      subscribe: async (room: string, _subscriber: RoomSubscriber) => {
        opened.push(room);
        return {
          close: async () => {
            closed.push(room);
            if (closeFails) throw new Error('away');
          },
        };
      },
    },
    streams: {
      heads: async () => {
        if (failures-- > 0) throw new DanmuxError('unavailable');
        return { epoch: 'e', offsets };
      },
    },
  } as unknown as Bus;
  const runtime = testRuntime({ after }, {}, { role: 'edge' });
  feeds = new Feeds(runtime, bus, { frame: () => {}, gap: () => {}, recalled: () => {} });
  caught = async () => (await runtime.metrics.caught.get()).values.reduce((sum, { value }) => sum + value, 0);
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a feed opens for the first viewer, is shared, and closes after the last', async () => {
  const [one, two] = await Promise.all([feeds.enter('r'), feeds.enter('r')]);
  assert.equal(one, two);
  assert.deepEqual(one?.heads, { epoch: 'e', offsets });
  feeds.leave('r');
  await settled();
  assert.deepEqual([opened, closed, feeds.size], [['r'], [], 1]);
  feeds.leave('r');
  await settled();
  assert.deepEqual([opened, closed, feeds.size], [['r'], ['r'], 0]);
});

test('a room that was left is opened anew', async () => {
  const one = await feeds.enter('r');
  feeds.leave('r');
  const two = await feeds.enter('r');
  assert.notEqual(one, two);
  await settled();
  assert.deepEqual([opened, closed], [['r', 'r'], ['r']]);
});

test('a feed that cannot be opened rejects all pending joins, and is not kept', async () => {
  failures = 1;
  const results = await Promise.allSettled([feeds.enter('r'), feeds.enter('r'), feeds.enter('r')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  await settled();
  assert.deepEqual([closed, feeds.size], [['r'], 0]);
  await feeds.enter('r');
  assert.equal(feeds.size, 1);
});

test('a feed that cannot be closed is counted, not thrown', async () => {
  await feeds.enter('r');
  closeFails = true;
  feeds.leave('r');
  await settled();
  assert.equal(await caught(), 1);
});

test('leaving a room without a reference does nothing', () => {
  feeds.leave('r');
  assert.deepEqual([opened, closed], [[], []]);
});

test('close ends every feed', async () => {
  await feeds.enter('a');
  await feeds.enter('b');
  await feeds.close();
  assert.deepEqual([closed.sort(), feeds.size], [['a', 'b'], 0]);
});
