// Checks of overlay settings, and the shortening of texts to one line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkedSettings, defaultSettings } from '../../src/overlay/overlay-settings.ts';
import { shownText } from '../../src/overlay/shown-text.ts';

test('the default settings are valid', () => {
  assert.deepEqual(checkedSettings(defaultSettings), defaultSettings);
});

test('invalid settings are dropped, valid ones are kept', () => {
  const given = {
    opacity: 2,
    speed: 1.5,
    renderer: 'webgl',
    area: Number.NaN,
    blockedWords: ['x', 3],
    hiddenModes: ['top'],
    fontSize: null,
    nonsense: 1,
    constructor: 1,
  };
  assert.deepEqual(checkedSettings(given), { speed: 1.5, hiddenModes: ['top'], fontSize: null });
});

test('a value that is not an object gives no settings', () => {
  for (const given of [null, undefined, 'x', 3, []]) assert.deepEqual(checkedSettings(given), {});
});

test('a text is shortened to one line of 100 characters without splitting an emoji', () => {
  assert.equal(shownText('  a\n\tb  '), 'a b');
  assert.equal(shownText('😀'.repeat(150)), `${'😀'.repeat(100)}…`);
  assert.equal(shownText('x'.repeat(100)), 'x'.repeat(100));
});
