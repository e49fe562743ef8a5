// BlockList: words in any case, regular expressions, users, modes and types; an invalid expression is matched as a word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockList } from '../../src/overlay/block-list.ts';
import { defaultSettings, type OverlaySettings } from '../../src/overlay/overlay-settings.ts';

function listOf(settings: Partial<OverlaySettings>): BlockList {
  const list = new BlockList();
  list.configure({ ...defaultSettings, ...settings });
  return list;
}

test('a word is matched in any case, anywhere in the text', () => {
  const list = listOf({ blockedWords: ['Spoiler', '剧透'] });
  assert.deepEqual(
    ['a SPOILER!', '这是剧透吗', 'fine'].map((text) => list.blocks({ text, type: 'chat' })),
    [true, true, false],
  );
});

test('regular expressions with flags are matched; an invalid one is matched as a word', () => {
  const list = listOf({ blockedWords: ['/^6+$/', '/^abc/i', '/(/', '/'] });
  assert.deepEqual(
    ['666', '6667', 'ABCD', 'a/(/b', 'and/or'].map((text) => list.blocks({ text, type: 'chat' })),
    [true, false, true, true, true],
  );
  assert.equal(list.blocks({ text: '666', type: 'chat' }), true, 'an expression has no `lastIndex` that changes the next match');
});

test('users, modes and types are matched exactly', () => {
  const list = listOf({ blockedUsers: ['u1'], hiddenModes: ['top'], hiddenTypes: ['gift'] });
  assert.equal(list.blocks({ type: 'chat', user: 'u1' }), true);
  assert.equal(list.blocks({ type: 'chat', mode: 'top' }), true);
  assert.equal(list.blocks({ type: 'gift' }), true);
  assert.equal(list.blocks({ type: 'chat', mode: 'scroll', user: 'u2', text: 'gift top u1' }), false);
});
