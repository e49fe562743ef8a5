// Closings, notices and gap reasons agree with one another and say what they mean in sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClosingReason, closings, gapReasons, type NoticeCode, notices } from '../src/closings.ts';

test('every code is in snake_case and says what it means in sentences', () => {
  for (const [code, { text }] of Object.entries({ ...closings, ...notices, ...gapReasons })) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.match(text, /^[A-Z].*\.$/s, code);
  }
});

test('a stock client comes back by itself only where coming back helps', () => {
  for (const [reason, { by, reconnect }] of Object.entries(closings)) if (by === 'transport') assert.equal(reconnect, true, reason);
});

test('a notice that ends something has a closing of the same code, for when it ends the connection', () => {
  const ending = (Object.keys(notices) as NoticeCode[]).filter((code) => notices[code].ends);
  assert.deepEqual(ending, ['banned', 'kicked', 'token_expired']);
  for (const code of ending) assert.equal(closings[code as ClosingReason]?.by, 'disconnect', code);
});
