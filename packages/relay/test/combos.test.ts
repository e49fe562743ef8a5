// A combo's gifts within the window become one, and the sum of the counts stays exact.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comboParts, type Pending, partsOf } from '@danmux/bus';
import { Combos } from '../src/combos.ts';

let entries = 0;
function gift(combo: string | undefined, count?: number): Pending {
  const id = `g${++entries}`;
  const body = JSON.stringify({ id, type: 'gift', data: { gift: 'rocket', ...(count === undefined ? {} : { count }) }, ts: entries });
  return { ...{ room: 'r', lane: 'gift', id, body, trace: id, entry: id }, ...(combo === undefined ? {} : { combo }) };
}
const countOf = ({ body }: Pending) => (JSON.parse(body) as { data: { count?: number } }).data.count ?? 1;

test('the first gift is sent at once, later ones as one message at the end of the window', () => {
  const combos = new Combos(300);
  assert.equal(combos.keep(gift('a'), 0), false);
  const followers = [gift('a', 2), gift('a'), gift('a', 10)];
  for (const one of followers) assert.equal(combos.keep(one, 100), true);
  assert.deepEqual([combos.take(299), combos.nextAt], [[], 300]);
  const ready = combos.take(300);
  assert.deepEqual([ready.map(({ id }) => id), ready.map(countOf)], [[followers[2]?.id], [13]]);
  assert.deepEqual(ready[0]?.gifts, followers);
  assert.deepEqual(
    partsOf(ready[0]?.body ?? ''),
    followers.map((one) => ({ id: one.id, count: BigInt(countOf(one)) })),
  );
  assert.equal(combos.nextAt, Number.POSITIVE_INFINITY);
});

test('a long combo continues window by window, with the sum of all its gifts', () => {
  const combos = new Combos(300);
  let sent = 0;
  let given = 0;
  for (let now = 0; now <= 10_000; now += 50) {
    const one = gift('a', 1 + (now % 3));
    given += countOf(one);
    if (!combos.keep(one, now)) sent += countOf(one);
    sent += combos.take(now).reduce((sum, ready) => sum + countOf(ready), 0);
  }
  sent += combos.take(20_000).reduce((sum, ready) => sum + countOf(ready), 0);
  assert.equal(sent, given);
});

test('combos are independent; gifts without a combo or without a window are sent at once', () => {
  const combos = new Combos(300);
  assert.deepEqual(
    [combos.keep(gift('a'), 0), combos.keep(gift('b'), 0), combos.keep(gift(undefined), 0), combos.keep(gift('a'), 1)],
    [false, false, false, true],
  );
  const off = new Combos(0);
  assert.deepEqual([off.keep(gift('a'), 0), off.keep(gift('a'), 0)], [false, false]);
});

test('an ended combo is forgotten; its next gift is sent at once', () => {
  const combos = new Combos(300);
  combos.keep(gift('a'), 0);
  combos.take(1_000);
  assert.equal(combos.keep(gift('a'), 1_001), false);
});

test('a gift with marks is never merged', () => {
  const combos = new Combos(300);
  combos.keep(gift('a'), 0);
  assert.equal(combos.keep({ ...gift('a'), marks: { receipt: true } }, 1), false);
});

test('recalled gifts are not part of the sum', () => {
  const combos = new Combos(300);
  combos.keep(gift('a'), 0);
  const waiting = [gift('a', 2), gift('a', 3), gift('a', 4)];
  for (const one of waiting) combos.keep(one, 1);
  assert.deepEqual(
    combos.remove(() => false),
    [],
  );
  assert.deepEqual(
    combos.remove(({ id }) => id === waiting[2]?.id),
    [waiting[2]],
  );
  assert.deepEqual(combos.take(300).map(countOf), [5]);
});

test('counts that are texts are numbers, sums beyond 2^53 keep their digits, and the rest of the data its own', () => {
  const combos = new Combos(300);
  combos.keep(gift('a'), 0);
  for (const count of ['"10"', '9007199254740993', '-4']) {
    const one = gift('a', 1);
    combos.keep({ ...one, body: one.body.replace('"count":1', `"price":1.50,"count":${count}`) }, 1);
  }
  assert.match(combos.take(300)[0]?.body ?? '', /"data":\{"gift":"rocket","price":1\.50,"count":9007199254741004\}/);
});

test('a merged message has a maximum of parts; the others become another message', () => {
  const combos = new Combos(300);
  combos.keep(gift('a'), 0);
  for (let i = 0; i <= comboParts; i++) combos.keep(gift('a', 2), 1);
  const [first, second] = combos.take(300);
  assert.deepEqual([first?.gifts?.length, first && countOf(first), second?.gifts, second && countOf(second)], [comboParts, 2 * comboParts, undefined, 2]);
});
