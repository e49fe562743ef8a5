// The messages and the pace of the publisher.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatMessage, giftMessage, type LoadMessage, peerMessage } from '../src/publisher/chat-message.ts';
import { LanePace } from '../src/publisher/lane-pace.ts';
import { Publisher } from '../src/publisher/publisher.ts';
import { readStamp, writeStamp } from '../src/stamp.ts';

const now = 1_800_000_000_000;

test('a chat message has 150 bytes, whatever its number', () => {
  for (const number of [1, 99, 12_345, 9_999_999]) assert.equal(Buffer.byteLength(JSON.stringify(peerMessage(chatMessage('live:1', number, now)))), 150);
});

test('a larger size is exact to the byte', () => assert.equal(Buffer.byteLength(JSON.stringify(peerMessage(chatMessage('live:1', 1, now, 8_000)))), 8_000));

test('a stamp is parsed to the values it was made of', () => {
  assert.deepEqual(readStamp(giftMessage('live:1', 77, now).data), { number: 77, sentAt: now });
  assert.deepEqual(readStamp({ n: writeStamp({ number: 1, sentAt: 2 }) }), { number: 1, sentAt: 2 });
  assert.equal(readStamp({ text: 'of somebody else' }), undefined);
  assert.equal(readStamp(null), undefined);
});

test('the pace is exact over uneven ticks, without rounding losses', () => {
  const pace = new LanePace(30, 1, 0);
  let due = 0;
  for (const at of [7, 10, 100, 250, 251, 600, 1_000]) due += pace.due(at).count;
  assert.equal(due, 30);
});

test('a burst is published at once', () => {
  const pace = new LanePace(100, 50, 0);
  assert.equal(pace.due(499).count, 0);
  assert.equal(pace.due(500).count, 50);
});

test('after a standstill at most one second of messages is due', () => assert.equal(new LanePace(100, 1, 0).due(10_000).count, 100));

test('rooms take turns, each has its own numbers, and a lane sends one batch at a time', async () => {
  const sent: LoadMessage[] = [];
  let open = 0;
  const outlet = {
    send: async (messages: readonly LoadMessage[]) => {
      assert.equal(++open, 1);
      await new Promise((resolve) => setImmediate(resolve));
      sent.push(...messages);
      open--;
      return { refused: 1 };
    },
    close: async () => {},
  };
  const publisher = new Publisher({ rooms: ['a', 'b'], chatBurst: 1, chatBytes: 150 }, { chat: outlet, gift: outlet });
  publisher.rates = { chat: 1_000, gift: 0 };
  while (sent.length < 40) await new Promise((resolve) => setImmediate(resolve));
  publisher.rates = { chat: 0, gift: 0 };
  while (publisher.tally().waiting['chat'] !== 0) await new Promise((resolve) => setImmediate(resolve));
  publisher.stop();
  const numbers = (room: string) => sent.filter((message) => message.room === room).map(({ data }) => readStamp(data)?.number);
  assert.deepEqual(
    numbers('a'),
    numbers('a').map((_, at) => at + 1),
  );
  assert.ok(Math.abs(numbers('a').length - numbers('b').length) <= 1);
  assert.equal(publisher.published()['a']?.['chat'], numbers('a').length);
  const { accepted, refused } = publisher.tally();
  assert.equal((accepted['chat'] ?? 0) + (refused['chat'] ?? 0), sent.length);
});

test('the error of a failing outlet is reported', async () => {
  const outlet = { send: () => Promise.reject(new Error('the server is gone')), close: async () => {} };
  const publisher = new Publisher({ rooms: ['a'], chatBurst: 1, chatBytes: 150 }, { chat: outlet, gift: outlet });
  publisher.rates = { chat: 1_000, gift: 0 };
  const failed = async () => {
    for (;;) {
      publisher.tally();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await assert.rejects(failed, /the server is gone/);
  publisher.stop();
});
