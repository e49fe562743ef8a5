// Settings from elsewhere: what fits is taken, the rest is left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkedSettings, defaultSettings } from '../../src/overlay/overlay-settings.ts';
import { shownText } from '../../src/overlay/shown-text.ts';

test('the defaults fit', () => {
  assert.deepEqual(checkedSettings(defaultSettings), defaultSettings);
});

test('what does not fit is left out, what fits beside it stays', () => {
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

test('what are no settings gives none', () => {
  for (const given of [null, undefined, 'x', 3, []]) assert.deepEqual(checkedSettings(given), {});
});

test('a text is shown in one line of at most a hundred characters, none cut in two', () => {
  assert.equal(shownText('  a\n\tb  '), 'a b');
  assert.equal(shownText('😀'.repeat(150)), `${'😀'.repeat(100)}…`);
  assert.equal(shownText('x'.repeat(100)), 'x'.repeat(100));
});
