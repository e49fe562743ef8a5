// ChatLog: each message once, the viewer's own from the moment of sending, the oldest removed at the cap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, type Msg } from '@danmux/protocol';
import { ChatLog } from '../../src/elements/chat-log.ts';
import { textsOf } from '../../src/elements/texts.ts';

const chat = (id: string, ts = 0, text = id): Msg => ({ id, lane: 'chat', type: 'chat', data: { text }, ts, from: { id: 'u' } });
const outgoing = (cid: string, text: string) => ({ cid, type: 'chat', data: { text }, text });
const open = (max = 100) => {
  let changes = 0;
  const log = new ChatLog(max, () => changes++);
  const texts = () => log.entries.map(({ text, state }) => (state === 'accepted' ? text : `${text} ${state}`));
  return { log, texts, changes: () => changes };
};

test('messages are in order of time, each once, including late ones', () => {
  const { log, texts } = open();
  for (const msg of [chat('a', 1), chat('c', 3), chat('b', 2), chat('c', 3)]) log.message(msg, false);
  assert.deepEqual(texts(), ['a', 'b', 'c']);
  assert.equal(log.added, 3);
});

test('messages without text get no line; gifts, super chats and notices do', () => {
  const { log } = open();
  log.message({ ...chat('x'), data: {} }, false);
  log.message({ ...chat('like'), lane: 'ambient', type: 'like' }, false);
  log.message({ ...chat('g'), lane: 'gift', type: 'gift', data: { gift: 'rose', name: '玫瑰', count: 3 } }, false);
  log.message({ ...chat('s'), lane: 'gift', type: 'superchat', data: { text: 'hi', amount: '¥50' } }, false);
  log.message({ ...chat('n', 0, 'Soon'), lane: 'control', type: 'notice' }, false);
  assert.deepEqual(
    log.entries.map(({ kind, text, count, amount }) => [kind, text, count, amount]),
    [
      ['gift', '玫瑰', 3, undefined],
      ['superchat', 'hi', 0, '¥50'],
      ['notice', 'Soon', 0, undefined],
    ],
  );
});

test("the viewer's own message is one line from the moment of sending, whether its answer or its copy arrives first", () => {
  const { log, texts } = open();
  log.sending(outgoing('c1', 'one'));
  log.sending(outgoing('c2', 'two'));
  assert.deepEqual(texts(), ['one pending', 'two pending']);
  log.sent('c1', 'm1', false);
  log.message(chat('m1', 1, 'one'), true);
  log.message(chat('m2', 2, 'two'), true);
  log.sent('c2', 'm2', false);
  assert.deepEqual(texts(), ['one', 'two']);
});

test("a word masked by the server is masked in the viewer's own line too", () => {
  const { log, texts } = open();
  log.sending(outgoing('c1', 'a bad word'));
  log.message(chat('m1', 1, 'a *** word'), true);
  log.sent('c1', 'm1', false);
  assert.deepEqual(texts(), ['a *** word']);
});

test('a held message is marked until it is published; a failed one is retried in its line', () => {
  const { log, texts } = open();
  log.sending(outgoing('c1', 'held'));
  log.sent('c1', 'm1', true);
  log.sending(outgoing('c2', 'no'));
  log.unsent('c2', new DanmuxError('rate_limited'));
  assert.deepEqual(texts(), ['held held', 'no failed']);
  log.message(chat('m1', 1, 'held'), true);
  log.sending(outgoing('c2', 'no'));
  assert.deepEqual(texts(), ['held', 'no pending']);
  log.sent('c2', 'm2', false);
  assert.deepEqual(texts(), ['held', 'no']);
});

test('consecutive gaps are one line, and recalled messages are removed', () => {
  const { log } = open();
  log.message(chat('a'), false);
  log.gap(3);
  log.gap(4);
  log.remove('a');
  log.remove('unknown');
  assert.deepEqual(
    log.entries.map(({ kind, count }) => [kind, count]),
    [['gap', 7]],
  );
});

test('a gap of an unknown number keeps the sum of consecutive gaps a least number', () => {
  for (const [gaps, line, english] of [
    [[0, 3], [3, true], 'At least 3 messages were skipped'],
    [[1, 0], [1, true], 'At least 1 message was skipped'],
    [[3, 0, 2], [5, true], 'At least 5 messages were skipped'],
    [[0, 0], [0, true], 'Some messages were skipped'],
    [[3, 2], [5, false], '5 messages were skipped'],
  ] as const) {
    const { log } = open();
    for (const count of gaps) log.gap(count);
    const [entry] = log.entries;
    assert.deepEqual([entry?.count, entry?.atLeast], line);
    assert.equal(textsOf('en').gap(entry?.count ?? -1, entry?.atLeast), english);
  }
  assert.equal(textsOf('zh').gap(3, true), '至少略过了 3 条消息');
});

test('past the cap the oldest tenth is removed, and may be added again', () => {
  const { log } = open(10);
  for (let i = 0; i < 11; i++) log.message(chat(`m${i}`, i), false);
  assert.deepEqual([log.entries.length, log.entries[0]?.id, log.added], [9, 'm2', 11]);
  log.max = 5;
  assert.equal(log.entries.length, 4);
});

test('a merged line loses each recalled gift, and is removed with the last', () => {
  const { log } = open();
  const parts = ['g1', 'g2'].map((id) => ({ id, count: 10 }));
  log.message({ ...chat('g2'), lane: 'gift', type: 'gift', data: { gift: 'rose', count: 20 }, parts }, false);
  const counts = () => log.entries.map(({ count }) => count);
  log.remove('g2');
  assert.deepEqual(counts(), [10]);
  log.remove('g2');
  assert.deepEqual(counts(), [10]);
  log.remove('g1');
  assert.deepEqual(counts(), []);
});
