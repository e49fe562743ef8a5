// Where a picture is in its box, for each way CSS can fit it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureBox } from '../../src/players/picture.ts';

const box = { left: 10, top: 20, width: 800, height: 300 };
const wide = { naturalWidth: 1_600, naturalHeight: 900, objectFit: 'contain', objectPosition: '50% 50%' };

test('a picture with bars beside it covers its share of the box', () => {
  const { left, top, width, height } = pictureBox(box, wide);
  assert.deepEqual([Math.round(left), top, Math.round(width), height], [143, 20, 533, 300]);
});

test('it lies where object-position says', () => {
  assert.equal(pictureBox(box, { ...wide, objectPosition: '0% 50%' }).left, 10);
  assert.equal(pictureBox(box, { ...wide, objectPosition: '40px 50%' }).left, 50);
});

test('what fills its box, and what has no picture yet, has all of it', () => {
  for (const objectFit of ['fill', 'cover']) assert.deepEqual(pictureBox(box, { ...wide, objectFit }), box);
  assert.deepEqual(pictureBox(box, { ...wide, naturalWidth: 0, naturalHeight: 0 }), box);
});

test('a small picture stays small unless it is to be contained', () => {
  const small = { ...wide, naturalWidth: 200, naturalHeight: 100 };
  for (const objectFit of ['none', 'scale-down']) assert.deepEqual(pictureBox(box, { ...small, objectFit }), { left: 310, top: 120, width: 200, height: 100 });
  assert.equal(pictureBox(box, small).height, 300);
});

test('of a picture larger than the box only what is seen counts', () => {
  assert.deepEqual(pictureBox(box, { ...wide, objectFit: 'none' }), box);
});

test('the adapters can be imported where there is no page', async () => {
  const players = await import('../../src/players.ts');
  assert.equal(typeof players.attachTo, 'function');
});
