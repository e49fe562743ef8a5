// The position of a picture in its box for each value of `object-fit`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureBox } from '../../src/players/picture.ts';

const box = { left: 10, top: 20, width: 800, height: 300 };
const wide = { naturalWidth: 1_600, naturalHeight: 900, objectFit: 'contain', objectPosition: '50% 50%' };

test('a picture with black bars covers a part of the box', () => {
  const { left, top, width, height } = pictureBox(box, wide);
  assert.deepEqual([Math.round(left), top, Math.round(width), height], [143, 20, 533, 300]);
});

test('the picture is placed by object-position', () => {
  assert.equal(pictureBox(box, { ...wide, objectPosition: '0% 50%' }).left, 10);
  assert.equal(pictureBox(box, { ...wide, objectPosition: '40px 50%' }).left, 50);
});

test('the whole box is used when the picture fills it or has not been loaded', () => {
  for (const objectFit of ['fill', 'cover']) assert.deepEqual(pictureBox(box, { ...wide, objectFit }), box);
  assert.deepEqual(pictureBox(box, { ...wide, naturalWidth: 0, naturalHeight: 0 }), box);
});

test('a small picture is enlarged only by `contain`', () => {
  const small = { ...wide, naturalWidth: 200, naturalHeight: 100 };
  for (const objectFit of ['none', 'scale-down']) assert.deepEqual(pictureBox(box, { ...small, objectFit }), { left: 310, top: 120, width: 200, height: 100 });
  assert.equal(pictureBox(box, small).height, 300);
});

test('for a picture larger than the box only the visible part counts', () => {
  assert.deepEqual(pictureBox(box, { ...wide, objectFit: 'none' }), box);
});

test('the adapters can be imported without a DOM', async () => {
  const players = await import('../../src/players.ts');
  assert.equal(typeof players.attachTo, 'function');
});
