// Tests of closings, notices and gap reasons: they are consistent with each other, and each text is a sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClosingReason, closingOf, closings, gapReasons, type NoticeCode, notices } from '../src/closings.ts';
import { errors } from '../src/errors.ts';

test('every code is snake_case and every text is a sentence', () => {
  for (const [code, { text }] of Object.entries({ ...closings, ...notices, ...gapReasons })) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.match(text, /^[A-Z].*\.$/s, code);
  }
});

test('a close after which a stock client reconnects automatically allows reconnecting', () => {
  for (const [reason, { by, reconnect }] of Object.entries(closings)) if (by === 'transport') assert.equal(reconnect, true, reason);
});

test('a close after which a client must not reconnect has an error and a notice of the same code, by which the client knows it', () => {
  const final = Object.entries(closings).filter(([, { reconnect }]) => !reconnect);
  assert.ok(final.length > 0, 'the table has such rows');
  for (const [reason] of final) {
    assert.ok(Object.hasOwn(errors, reason), `${reason} is in the table of errors`);
    assert.equal(notices[reason as NoticeCode]?.ends, true, reason);
  }
});

test('closingOf finds the rows of the table only', () => {
  assert.equal(closingOf('kicked'), closings.kicked);
  for (const reason of ['muted', '', 'toString', '__proto__']) assert.equal(closingOf(reason), undefined, reason);
});

test('every notice that can end a connection has a closing with the same code', () => {
  // `room_forbidden` always names a room.
  const ending = (Object.keys(notices) as NoticeCode[]).filter((code) => notices[code].ends && code !== 'room_forbidden');
  assert.deepEqual(ending, ['banned', 'kicked', 'token_key_removed', 'token_expired']);
  for (const code of ending) assert.equal(closings[code as ClosingReason]?.by, 'disconnect', code);
});
