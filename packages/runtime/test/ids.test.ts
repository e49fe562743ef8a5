// Tests of ids: form, uniqueness, and order by time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '../src/ids.ts';

test('an id is 26 characters of Crockford base 32', () => {
  for (let i = 0; i < 200; i++) assert.match(newId(), /^[0-9A-HJKMNP-TV-Z]{26}$/);
});

test('a hundred thousand ids of one millisecond are all different', () => {
  const now = Date.now();
  const ids = new Set(Array.from({ length: 100_000 }, () => newId(now)));
  assert.equal(ids.size, 100_000);
});

test('ids sort by creation time', () => {
  const times = [0, 1, 31, 32, 33, 1_023, 1_024, 1_700_000_000_000, 1_700_000_000_001, 32 ** 10 - 1];
  const ids = times.map((time) => newId(time));
  assert.deepEqual([...ids].sort(), ids);
});

test('the first ten characters encode the time', () => {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const now = 1_700_000_123_456;
  const read = [...newId(now).slice(0, 10)].reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0);
  assert.equal(read, now);
});

test('all characters of the alphabet are equally likely', () => {
  const seen = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) for (const digit of newId(0).slice(10)) seen.set(digit, (seen.get(digit) ?? 0) + 1);
  assert.equal(seen.size, 32);
  for (const [digit, times] of seen) assert.ok(times > 9_000 && times < 11_000, `${digit}: ${times} of 10000 expected`);
});
