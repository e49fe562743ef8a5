// Tests of replayedFrame: the head derived from history equals the head that a relay writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayedFrame } from '../../src/feed/replayed-frame.ts';

const text = (id: string, more: object = {}) => JSON.stringify({ lane: 'control', id, type: 'notice', data: {}, ...more, ts: 1 });

test('finds the counts and characters of a frame’s messages', () => {
  const texts = [text('a'), text('b')];
  const { head, payload } = replayedFrame('r', 'e', 'gift', 7, texts);
  assert.deepEqual(head, {
    ...{ room: 'r', epoch: 'e', ranges: { gift: [6, 7] }, counts: { gift: 2 }, traces: [] },
    characters: { gift: texts.join().length },
  });
  assert.deepEqual(
    (JSON.parse(payload) as { msgs: { id: string }[] }).msgs.map(({ id }) => id),
    ['a', 'b'],
  );
});

test('finds the ids that recall messages name', () => {
  const texts = [text('a', { type: 'recall', data: { id: 'x' } }), text('b', { data: { type: 'recall', id: 'y' } })];
  assert.deepEqual(replayedFrame('r', 'e', 'control', 2, texts).head.recalls, ['x']);
  assert.equal(replayedFrame('r', 'e', 'chat', 2, texts).head.recalls, undefined, 'recalls are control');
});

test('finds the addressees, only in a room of users', () => {
  const texts = [text('a', { to: 'ann' }), text('b')];
  assert.deepEqual(replayedFrame('@3', 'e', 'control', 2, texts).head.to, ['ann', '']);
  assert.equal(replayedFrame('r', 'e', 'control', 2, texts).head.to, undefined);
});
