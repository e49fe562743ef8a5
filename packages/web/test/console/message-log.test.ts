// MessageLog: merging the newest history pages of a lane.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { MessageLog } from '../../console/message-log.ts';
import type { Message } from '../../console/replies.ts';

const now = 1_767_225_600_000;
const chat = new Set(['chat']);
let log: MessageLog;
beforeEach(() => {
  log = new MessageLog();
});

function message(offset: number, more: Partial<Message> = {}): Message {
  return { id: `m${offset}`, lane: 'chat', type: 'chat', offset, ts: now + offset, data: { text: 'hi' }, ...more };
}

function take(...msgs: Message[]): void {
  log.merge('chat', { msgs, more: false }, now);
}

const shown = () => log.newest(chat).map(({ msg, recalled }) => (recalled ? `-${msg.id}` : msg.id));

test('overlapping pages are merged into one list, newest first', () => {
  take(message(1), message(2));
  take(message(2), message(3));
  assert.deepEqual(shown(), ['m3', 'm2', 'm1']);
});

test('a message missing from its page was recalled; one older than the page was not', () => {
  take(message(1), message(2), message(3));
  take(message(2), message(4));
  assert.deepEqual(shown(), ['m4', '-m3', 'm2', 'm1']);
});

test('an empty page means that the only message was recalled', () => {
  take(message(1));
  take();
  assert.deepEqual(shown(), ['-m1']);
});

test('an expired missing message does not count as recalled, nor does one of a stream that may have expired', () => {
  take(message(1, { expires_at: now - 1 }));
  take();
  assert.deepEqual(shown(), ['m1']);
  log = new MessageLog();
  take(message(1, { ts: now - 7_200_000 }), message(2, { ts: now - 7_200_000 }));
  take();
  assert.deepEqual(shown(), ['m2', 'm1']);
});

test('a message of any age that is missing between others was recalled', () => {
  const old = { ts: now - 7_200_000 };
  take(message(1, old), message(2, old), message(3, old));
  take(message(1, old), message(3, old));
  assert.deepEqual(shown(), ['m3', '-m2', 'm1']);
  take(message(3, old), message(4));
  assert.deepEqual(shown(), ['m4', 'm3', '-m2', 'm1']);
});

test('an empty page means that all were recalled, also old ones, while a newer message shows that the stream cannot have expired', () => {
  take(message(1, { ts: now - 7_200_000 }), message(2, { ts: now - 60_000 }));
  take();
  assert.deepEqual(shown(), ['-m2', '-m1']);
});

test('messages missed between two pages are counted at their place', () => {
  take(message(1));
  take(message(60), message(61));
  assert.deepEqual(
    log.newest(chat).map(({ missedBefore }) => missedBefore),
    [0, 58, 0],
  );
});

test('offsets that start again begin a new list', () => {
  take(message(500));
  take(message(1, { id: 'new' }));
  assert.deepEqual(shown(), ['new']);
});

test('a recall by the operator is marked immediately', () => {
  take(message(1), message(2));
  log.recall('m1');
  assert.deepEqual(shown(), ['m2', '-m1']);
});

test('the log keeps a capped number of messages per lane and lists the requested lanes', () => {
  for (let first = 1; first <= 400; first += 50) take(...Array.from({ length: 50 }, (_, index) => message(first + index)));
  assert.equal(log.newest(chat).length, 150);
  assert.equal(log.newest(chat)[0]?.msg.id, 'm400');
  assert.deepEqual(log.newest(new Set(['gift'])), []);
});

test('a tombstone marks the message read before, and a combo is updated to its remaining gifts', () => {
  const combo = (...ids: string[]) => message(2, { data: { count: ids.length }, parts: ids.map((id) => ({ id, count: 1 })) });
  take(message(1), combo('a', 'm2'));
  take(message(1, { type: 'recalled', data: null }), combo('m2'), message(3, { type: 'recalled', data: null }));
  assert.deepEqual(shown(), ['-m3', 'm2', '-m1']);
  const [, gift, first] = log.newest(chat);
  assert.deepEqual([gift?.msg.data, first?.msg.data], [{ count: 1 }, { text: 'hi' }]);
});
