// StreamPositions: tells next messages, repeats and gaps apart, and follows epochs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg } from '@danmux/protocol';
import { StreamPositions } from '../../src/client/stream-positions.ts';

const msg = (lane: Msg['lane'], offset?: number): Msg => ({
  id: `${lane}${offset}`,
  lane,
  type: 't',
  data: null,
  ts: 0,
  ...(offset === undefined ? {} : { offset }),
});

function at(offset: number, personal = false): StreamPositions {
  const positions = new StreamPositions(personal);
  for (const lane of ['gift', 'chat'] as const) positions.reset(lane, { epoch: 'a', offset });
  return positions;
}

test('the next offset moves the position, and the same one again is a repeat', () => {
  const positions = at(4);
  assert.equal(positions.advance(msg('gift', 5)), 'next');
  assert.equal(positions.advance(msg('gift', 5)), 'repeat');
  assert.deepEqual(positions.values.gift, { epoch: 'a', offset: 5 });
});

test('a gap in a guaranteed lane keeps the position, one in chat moves it', () => {
  const positions = at(4);
  assert.equal(positions.advance(msg('gift', 7)), 'gap');
  assert.deepEqual(positions.values.gift, { epoch: 'a', offset: 4 });
  assert.equal(positions.advance(msg('chat', 7)), 'next');
  assert.deepEqual(positions.values.chat, { epoch: 'a', offset: 7 });
});

test('skipped offsets in the personal room are not gaps', () => {
  const positions = at(4, true);
  assert.equal(positions.advance(msg('gift', 7)), 'next');
  positions.skipTo({ gift: { epoch: 'a', offset: 20 } });
  assert.equal(positions.advance(msg('gift', 9)), 'repeat');
  assert.equal(positions.reset('gift', { epoch: 'a', offset: 30 }), 0);
});

test('a message without an offset, or of a lane without a position, is next', () => {
  const positions = new StreamPositions(false);
  assert.ok(positions.empty, 'no position is known before the first join');
  assert.equal(positions.advance(msg('ambient')), 'next');
  assert.equal(positions.advance(msg('gift', 9)), 'next');
  assert.ok(positions.empty, 'a message alone gives no position: its epoch is unknown');
});

test('a reset counts the skipped messages within an epoch', () => {
  const positions = at(4);
  assert.equal(positions.reset('gift', { epoch: 'a', offset: 10 }), 6);
  assert.equal(positions.reset('gift', { epoch: 'b', offset: 90 }), 0);
  assert.equal(positions.reset('control', { epoch: 'b', offset: 1 }), null);
});

test('a new epoch starts at its position, once', () => {
  const positions = at(4);
  positions.startEpoch('gift', { epoch: 'b', offset: 0 });
  assert.equal(positions.advance(msg('gift', 1)), 'next');
  positions.startEpoch('gift', { epoch: 'b', offset: 0 });
  assert.deepEqual(positions.values.gift, { epoch: 'b', offset: 1 });
});
