// What the console makes of the newest pages of a lane.
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

test('pages that overlap are one list, newest first', () => {
  take(message(1), message(2));
  take(message(2), message(3));
  assert.deepEqual(shown(), ['m3', 'm2', 'm1']);
});

test('what is no longer on the page was taken back; what is older than the page was not', () => {
  take(message(1), message(2), message(3));
  take(message(2), message(4));
  assert.deepEqual(shown(), ['m4', '-m3', 'm2', 'm1']);
});

test('the only message, taken back, leaves an empty page', () => {
  take(message(1));
  take();
  assert.deepEqual(shown(), ['-m1']);
});

test('what expired, or is so old that the whole stream may be gone, was not taken back', () => {
  take(message(1, { expires_at: now - 1 }), message(2, { ts: now - 7_200_000 }));
  take();
  assert.deepEqual(shown(), ['m1', 'm2']);
});

test('messages that came and went between two pages are counted where they are missing', () => {
  take(message(1));
  take(message(60), message(61));
  assert.deepEqual(
    log.newest(chat).map(({ missedBefore }) => missedBefore),
    [0, 58, 0],
  );
});

test('a store that began anew begins a new list', () => {
  take(message(500));
  take(message(1, { id: 'new' }));
  assert.deepEqual(shown(), ['new']);
});

test('the operator who takes one back sees it at once', () => {
  take(message(1), message(2));
  log.recall('m1');
  assert.deepEqual(shown(), ['m2', '-m1']);
});

test('it keeps so many and no more, of the lanes asked for', () => {
  for (let first = 1; first <= 400; first += 50) take(...Array.from({ length: 50 }, (_, index) => message(first + index)));
  assert.equal(log.newest(chat).length, 150);
  assert.equal(log.newest(chat)[0]?.msg.id, 'm400');
  assert.deepEqual(log.newest(new Set(['gift'])), []);
});

test('a tombstone on the page marks the message that was read before, and gifts of a combo are shown as they stand now', () => {
  const combo = (...ids: string[]) => message(2, { data: { count: ids.length }, parts: ids.map((id) => ({ id, count: 1 })) });
  take(message(1), combo('a', 'm2'));
  take(message(1, { type: 'recalled', data: null }), combo('m2'), message(3, { type: 'recalled', data: null }));
  assert.deepEqual(shown(), ['-m3', 'm2', '-m1']);
  const [, gift, first] = log.newest(chat);
  assert.deepEqual([gift?.msg.data, first?.msg.data], [{ count: 1 }, { text: 'hi' }]);
});
