// Tests of closings, notices and gap reasons: they are consistent with each other, and each text is a sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClosingReason, closings, gapReasons, type NoticeCode, notices } from '../src/closings.ts';

test('every code is snake_case and every text is a sentence', () => {
  for (const [code, { text }] of Object.entries({ ...closings, ...notices, ...gapReasons })) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.match(text, /^[A-Z].*\.$/s, code);
  }
});

test('a close after which a stock client reconnects automatically allows reconnecting', () => {
  for (const [reason, { by, reconnect }] of Object.entries(closings)) if (by === 'transport') assert.equal(reconnect, true, reason);
});

test('every notice that ends a membership has a closing with the same code', () => {
  const ending = (Object.keys(notices) as NoticeCode[]).filter((code) => notices[code].ends);
  assert.deepEqual(ending, ['banned', 'kicked', 'token_expired']);
  for (const code of ending) assert.equal(closings[code as ClosingReason]?.by, 'disconnect', code);
});
